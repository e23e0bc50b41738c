import { realpath } from 'node:fs'
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
      const target = this.#followSymlinks ? path : await pathWithin(directory, path)
      return target === null ? null : await openEntry(target)
    } catch (error) {
      if (absent.has((error as NodeJS.ErrnoException).code)) return null
      throw error
    }
  }
}

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
  const file = await OpenFile.open(path)
  if (file.stats.isFile()) return { kind: 'file', file }
  await file.close()
  return file.stats.isDirectory() ? { kind: 'directory' } : null
}

/** Tells whether an error says that the system does not let the server read something. */
export function isForbidden(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'EACCES' || code === 'EPERM'
}
