import { existsSync, readlinkSync, realpath } from 'node:fs'
import { join, sep } from 'node:path'
import { promisify } from 'node:util'
import { OpenFile } from '../response/open-file.ts'

/** What a name leads to. An open file is for the caller to close. */
export type Found = { readonly kind: 'file'; readonly file: OpenFile } | { readonly kind: 'directory' }

export interface FileLookupOptions {
  /** Whether symbolic links may lead out of the directory. */
  readonly followSymlinks: boolean
}

const realPath = promisify(realpath.native)

/** Linux tells by which path a file was opened, without touching a disk. */
const tellsPaths = existsSync('/proc/self/fd')

/** Who replaces a directory does so once; who does so again and again is up to something. */
const maxAttempts = 3

/** The errors that mean: there is no such file; the last one comes of a socket. */
const absent: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ENXIO'])

/**
 * Finds files in directories, the first that has one wins. Nothing is remembered between two lookups, so that the answer is
 * always about the files as they are, also when a directory is a link that is turned to another one.
 */
export class FileLookup {
  readonly #directories: readonly string[]
  readonly #followSymlinks: boolean

  /** @param directories Absolute. */
  constructor(directories: readonly string[], { followSymlinks }: FileLookupOptions) {
    this.#directories = directories
    this.#followSymlinks = followSymlinks
  }

  /**
   * @param segments Safe names; see `isSafeSegment`.
   * @returns `null` when there is nothing, or nothing that may be served.
   * @throws The system's error when something is there and cannot be opened.
   */
  async find(segments: readonly string[]): Promise<Found | null> {
    for (const directory of this.#directories) {
      const found = await this.#findIn(directory, segments)
      if (found !== null) return found
    }
    return null
  }

  /** Finds a file and nothing else. */
  async findFile(segments: readonly string[]): Promise<OpenFile | null> {
    const found = await this.find(segments)
    return found?.kind === 'file' ? found.file : null
  }

  async #findIn(directory: string, segments: readonly string[]): Promise<Found | null> {
    try {
      const path = join(directory, ...segments)
      return await (this.#followSymlinks ? openEntry(path) : openWithin(directory, path))
    } catch (error) {
      if (absent.has((error as NodeJS.ErrnoException).code)) return null
      throw error
    }
  }
}

/**
 * Opens what is within the directory. A name may be turned into a link between the look at it and its opening: what is open
 * then is something else, and is looked for again.
 */
async function openWithin(directory: string, path: string): Promise<Found | null> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const target = await pathWithin(directory, path)
    if (target === null) return null
    const file = await OpenFile.open(target)
    if (await isAt(target, file)) return entryOf(file)
    await file.close()
  }
  return null
}

/** Tells whether an open file is the one that a real path leads to. */
async function isAt(path: string, { fd }: OpenFile): Promise<boolean> {
  /* c8 ignore next -- elsewhere than on Linux the time for turning a link gets shorter, and does not end */
  if (!tellsPaths) return leadsToItself(path)
  const opened = readlinkSync(`/proc/self/fd/${fd}`)
  // What is replaced by renaming is no longer there, and was when it was opened.
  return opened === path || opened === `${path} (deleted)`
}

/* c8 ignore start -- as above */
async function leadsToItself(path: string): Promise<boolean> {
  try {
    return (await realPath(path)) === path
  } catch {
    return false
  }
}
/* c8 ignore stop */

/** Returns the real path, or `null` when it is outside the directory. */
async function pathWithin(directory: string, path: string): Promise<string | null> {
  const real = await realPath(path)
  // Without a single link on the way the path is where it says; then so is the directory.
  if (real === path) return path
  return isWithin(await realPath(directory), real) ? real : null
}

/** With the separator, so that `static_secret` is not within `static`. */
function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)
}

async function openEntry(path: string): Promise<Found | null> {
  return entryOf(await OpenFile.open(path))
}

async function entryOf(file: OpenFile): Promise<Found | null> {
  if (file.stats.isFile()) return { kind: 'file', file }
  await file.close()
  return file.stats.isDirectory() ? { kind: 'directory' } : null
}

/** Tells whether an error says that the system does not let the server read something. */
export function isForbidden(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'EACCES' || code === 'EPERM'
}
