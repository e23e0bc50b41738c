import { Headers } from '../http/headers.ts'
import { acceptableMediaTypes } from '../http/negotiation.ts'
import type { OpenFile } from '../response/open-file.ts'
import type { HTTPScope } from '../spec/scope.ts'
import type { FileLookup } from './file-lookup.ts'
import type { StaticSettings } from './static-options.ts'
import { staticPath } from './static-path.ts'

/** An open file that is to be sent, and by which name it was found. */
export interface Page {
  readonly file: OpenFile
  readonly segments: readonly string[]
  readonly status: 200 | 404
  /** Whether it stands for a page that is not there, which only a client that navigates gets. */
  readonly isFallback: boolean
}

/** Finds the page that a path leads to: a file, the index of a directory, or what is sent in place of something missing. */
export class PageFinder {
  readonly #lookup: FileLookup
  readonly #settings: StaticSettings

  constructor(lookup: FileLookup, settings: StaticSettings) {
    this.#lookup = lookup
    this.#settings = settings
  }

  /** @returns `redirect` for a directory whose name lacks the slash, `null` when there is no page. */
  async find(scope: HTTPScope): Promise<Page | 'redirect' | null> {
    const path = staticPath(scope, this.#settings.rules)
    if (path === null) return null
    const { segments, isDirectory } = path
    if (isDirectory) return (await this.#indexOf(segments)) ?? this.#fallbackFor(scope)
    const found = await this.#lookup.find(segments)
    if (found?.kind === 'file') return pageOf(found.file, segments)
    const index = found === null ? null : await this.#indexOf(segments)
    if (index === null) return this.#fallbackFor(scope)
    await index.file.close()
    return 'redirect'
  }

  /** The page `404.html`, if there is one. */
  async missing(): Promise<Page | null> {
    const page = this.#settings.html ? await this.#page(['404.html']) : null
    return page === null ? null : { ...page, status: 404 }
  }

  async #indexOf(directory: readonly string[]): Promise<Page | null> {
    return this.#settings.html ? this.#page([...directory, 'index.html']) : null
  }

  async #fallbackFor(scope: HTTPScope): Promise<Page | null> {
    const { fallback } = this.#settings
    const page = fallback !== null && isNavigation(scope) ? await this.#page(fallback) : null
    return page === null ? null : { ...page, isFallback: true }
  }

  async #page(segments: readonly string[]): Promise<Page | null> {
    const file = await this.#lookup.findFile(segments)
    return file === null ? null : pageOf(file, segments)
  }
}

function pageOf(file: OpenFile, segments: readonly string[]): Page {
  return { file, segments, status: 200, isFallback: false }
}

/** The fields of a request that tell whether a browser goes to a page. */
export const navigationFields: readonly string[] = ['accept', 'sec-fetch-mode']

/** A browser that goes to a page names HTML; a script, a style or a picture does not. */
function isNavigation(scope: HTTPScope): boolean {
  const headers = Headers.from(scope.headers)
  const accept = headers.get('accept')
  const mode = headers.get('sec-fetch-mode')
  if (accept === null || !/text\/html/i.test(accept) || (mode !== null && mode !== 'navigate')) return false
  return acceptableMediaTypes(accept, ['text/html']).length > 0
}
