import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { show } from '../spec/violations.ts'
import { cachePolicy } from './cache-policy.ts'
import type { CacheControl, CachePolicy } from './cache-policy.ts'
import { packageDirectory } from './package-directory.ts'
import type { PackageDirectory } from './package-directory.ts'
import { isSafeSegment } from './static-path.ts'
import type { StaticPathRules } from './static-path.ts'

/** A coding that files may lie ready in: `.br`, `.zst` and `.gz` beside the file itself. */
export type Precompression = 'br' | 'zstd' | 'gzip'

/** What files are served, and how. */
export interface StaticFilesOptions {
  /** Relative to the working directory, or a `file:` URL such as `new URL('public/', import.meta.url)`. */
  directory?: string | URL
  /** More directories; a file is taken from the first that has it. */
  directories?: readonly (string | URL)[]
  /** A package whose files are served, after those of the directories. */
  package?: string | PackageDirectory
  /**
   * Serves `index.html` for a directory, redirects to the slash behind its name, and answers with the page `404.html`, if
   * there is one, where nothing is found. Default false.
   */
  html?: boolean
  /** The page, for example `index.html`, that browsers get when they navigate to what is not there. Default none. */
  fallback?: string
  /** Default: no `cache-control`, so that caches ask again by entity tag as they see fit. */
  cacheControl?: CacheControl
  /** Serves a file beside the one asked for, when the client accepts its coding: in this order, or all of them. Default none. */
  precompressed?: boolean | readonly Precompression[]
  /** Whether names that begin with a dot are served. Default `refuse`. */
  dotfiles?: 'refuse' | 'allow'
  /** Whether symbolic links may lead out of the directory. Default false. */
  followSymlinks?: boolean
  /** Whether the directories, and the fallback, must be there from the start. Default true. */
  checkDirectory?: boolean
}

/** The options of a set-up, checked and with their defaults. */
export interface StaticSettings {
  /** Absolute. */
  readonly directories: readonly string[]
  readonly html: boolean
  /** As segments. */
  readonly fallback: readonly string[] | null
  readonly cachePolicy: CachePolicy
  readonly precompressed: readonly Precompression[]
  readonly rules: StaticPathRules
  readonly followSymlinks: boolean
}

const codings: readonly Precompression[] = ['br', 'zstd', 'gzip']

/** @throws TypeError for a set-up that cannot work. */
export function staticSettings(options: StaticFilesOptions): StaticSettings {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(
      `Cannot serve static files with the options ${show(options)}: expected an object such as { directory: "public" }`,
    )
  }
  const rules = { dotfiles: allowsDotfiles(options.dotfiles), windows: process.platform === 'win32' }
  const directories = directoriesOf(options)
  const fallback = options.fallback === undefined ? null : fallbackOf(options.fallback, rules)
  if (options.checkDirectory !== false) checkPlaces(directories, fallback)
  return {
    directories,
    html: options.html ?? false,
    fallback,
    cachePolicy: cachePolicy(options.cacheControl),
    precompressed: precompressionOf(options.precompressed ?? false),
    rules,
    followSymlinks: options.followSymlinks ?? false,
  }
}

function directoriesOf({ directory, directories = [], package: source }: StaticFilesOptions): string[] {
  const places = (directory === undefined ? [] : [directory]).concat(directories).map(absolutePath)
  if (source !== undefined) places.push(packageDirectory(source))
  if (places.length > 0) return places
  throw new TypeError('Cannot serve static files: no place is given, expected "directory", "directories" or "package"')
}

function absolutePath(place: string | URL): string {
  if (place instanceof URL) return fileURLToPath(place)
  if (typeof place === 'string' && place !== '') return resolve(place)
  throw new TypeError(
    `Cannot serve static files from ${show(place)}: expected the path of a directory or a "file:" URL`,
  )
}

function allowsDotfiles(dotfiles: unknown): boolean {
  if (dotfiles === undefined || dotfiles === 'refuse') return false
  if (dotfiles === 'allow') return true
  throw new TypeError(`Cannot serve static files with dotfiles ${show(dotfiles)}: expected "refuse" or "allow"`)
}

function precompressionOf(precompressed: boolean | readonly Precompression[]): readonly Precompression[] {
  if (typeof precompressed === 'boolean') return precompressed ? codings : []
  const unknown = precompressed.find((coding) => !codings.includes(coding))
  if (unknown === undefined) return [...precompressed]
  throw new TypeError(`Cannot serve files in the coding ${show(unknown)}: expected "br", "zstd" or "gzip"`)
}

function fallbackOf(fallback: string, rules: StaticPathRules): readonly string[] {
  const segments = fallback.split('/')
  if (segments.every((segment) => isSafeSegment(segment, rules))) return segments
  throw new TypeError(
    `Cannot fall back to ${show(fallback)}: expected a path within the directory, such as "index.html"`,
  )
}

function checkPlaces(directories: readonly string[], fallback: readonly string[] | null): void {
  for (const directory of directories) {
    const stats = statSync(directory, { throwIfNoEntry: false })
    if (stats?.isDirectory()) continue
    const what = stats === undefined ? 'it does not exist' : 'it is not a directory'
    throw new TypeError(`Cannot serve static files from ${show(directory)}: ${what}, expected a directory`)
  }
  if (fallback === null || directories.some((directory) => existsSync(join(directory, ...fallback)))) return
  throw new TypeError(`Cannot fall back to ${show(fallback.join('/'))}: no directory has such a file`)
}
