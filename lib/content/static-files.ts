import { answerHTTPException } from '../endpoint/default-handlers.ts'
import { progressOf } from '../endpoint/progress.ts'
import { raise } from '../endpoint/raise.ts'
import { unknownScope } from '../endpoint/unknown-scope.ts'
import { HTTPException } from '../exceptions/http-exception.ts'
import { fileContentType } from '../http/file-media-type.ts'
import { Headers, MutableHeaders } from '../http/headers.ts'
import { answerWithFile } from '../response/file-answer.ts'
import type { WholeAnswer } from '../response/file-plan.ts'
import { fileEntityTag } from '../response/file-validators.ts'
import type { ASGIApp, Receive, Send } from '../spec/app.ts'
import type { HTTPScope } from '../spec/scope.ts'
import { codedFile } from './coded-file.ts'
import type { CodedFile } from './coded-file.ts'
import { directoryRedirect } from './directory-redirect.ts'
import { FileLookup, isForbidden } from './file-lookup.ts'
import { navigationFields, PageFinder } from './page-finder.ts'
import type { Page } from './page-finder.ts'
import { staticSettings } from './static-options.ts'
import type { StaticFilesOptions, StaticSettings } from './static-options.ts'

interface StaticCall {
  readonly scope: HTTPScope
  readonly receive: Receive
  readonly send: Send
}

/**
 * An app that serves the files of a directory. Mount it: `new Mount('/static', new StaticFiles({ directory: 'public' }))`.
 *
 * GET and HEAD are answered as by a `FileResponse`, with ranges and conditions; every other method gets 405. A path that is
 * not exactly that of a file within the directory gets 404, what the system does not let the server read 403. Within an
 * application these answers are up to its exception handlers.
 *
 * Files may come, change and go while it serves: every answer is about what is there at that moment.
 */
export class StaticFiles {
  readonly #settings: StaticSettings
  readonly #lookup: FileLookup
  readonly #pages: PageFinder

  /** @throws TypeError for a set-up that cannot work, for example a directory that does not exist. */
  constructor(options: StaticFilesOptions) {
    this.#settings = staticSettings(options)
    this.#lookup = new FileLookup(this.#settings.directories, this.#settings)
    this.#pages = new PageFinder(this.#lookup, this.#settings)
  }

  get asgi(): ASGIApp {
    return this.#asgi
  }

  readonly #asgi: ASGIApp = (scope, receive, send) => {
    if (scope.type === 'websocket') return send({ type: 'websocket.close' })
    if (scope.type !== 'http') throw unknownScope('StaticFiles', scope, '"http"')
    return this.#answer({ scope, receive, send })
  }

  async #answer(call: StaticCall): Promise<void> {
    const { scope, receive, send } = call
    const outcome = await this.#outcome(scope)
    if (outcome instanceof HTTPException) return fail(outcome, call)
    if (outcome === 'redirect') return directoryRedirect(scope).respond(scope, receive, send)
    const accepted = Headers.from(scope.headers).get('accept-encoding')
    const coded = await codedFile(outcome, this.#lookup, { accepted, codings: this.#settings.precompressed })
    return answerWithFile(coded.file, () => this.#wholeAnswer(outcome, coded), call)
  }

  async #outcome(scope: HTTPScope): Promise<Page | 'redirect' | HTTPException> {
    if (scope.method !== 'GET' && scope.method !== 'HEAD') {
      return new HTTPException(405, { headers: { allow: 'GET, HEAD' } })
    }
    try {
      return (await this.#pages.find(scope)) ?? (await this.#pages.missing()) ?? this.#notFound()
    } catch (error) {
      if (!isForbidden(error)) throw error
      return new HTTPException(403, { cause: error })
    }
  }

  #notFound(): HTTPException {
    if (this.#settings.fallback === null) return new HTTPException(404)
    return new HTTPException(404, { headers: { vary: navigationFields.join(', ') } })
  }

  #wholeAnswer({ segments, status, isFallback }: Page, { file, coding }: CodedFile): WholeAnswer {
    const headers = new MutableHeaders({ 'content-type': fileContentType(segments.at(-1)!) })
    const cacheControl = this.#settings.cachePolicy(segments.join('/'))
    if (cacheControl !== null) headers.set('cache-control', cacheControl)
    if (this.#settings.precompressed.length > 0) headers.addVary('accept-encoding')
    // Where nothing is found, a client that navigates would get the fallback, and only such a client gets it.
    if (isFallback || (status === 404 && this.#settings.fallback !== null)) headers.addVary(...navigationFields)
    if (coding !== null) {
      headers.set('content-encoding', coding)
      if (status === 200) headers.set('etag', fileEntityTag(file.stats, coding))
    }
    return { status, headers }
  }
}

/** Within an application the answer is up to its exception handlers. */
function fail(exception: HTTPException, call: StaticCall): Promise<void> {
  if (progressOf(call.scope)?.handlers) return raise(exception, call)
  return answerHTTPException(exception).respond(call.scope, call.receive, call.send)
}
