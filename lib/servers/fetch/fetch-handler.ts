import type { AppLike } from '../../spec/app.ts'
import type { Address } from '../../spec/scope.ts'
import { HostedApp } from '../hosted-app.ts'
import type { HostedLife, HostOptions } from '../hosted-app.ts'
import { isRefusal } from '../request-head.ts'
import { FetchCall } from './fetch-call.ts'
import { readURL } from './fetch-scope.ts'

/** What a runtime hands over to keep work going after the answer, as Workers do. */
export interface FetchContext {
  waitUntil?(work: Promise<unknown>): void
}

/** Options of {@link toFetchHandler}. */
export interface FetchOptions extends Omit<HostOptions, 'websocket'> {
  /**
   * Tells where a request comes from, which the standard does not: from the runtime's second argument, or from a field that
   * its platform sets and no client can. Default: nobody knows.
   */
  readonly client?: (request: Request, env: unknown) => Address | null
  /** Work beside requests that a runtime must be kept awake for, asked for after each call of the app. */
  readonly background?: () => Promise<unknown> | null
}

/**
 * Answers a Fetch `Request` with a `Response`. It needs no `this`. The second and third argument of the runtime are
 * `env` and `context` in the state of the request, unless the lifespan uses these names.
 */
export interface FetchHandler extends HostedLife {
  (request: Request, env?: unknown, context?: unknown): Promise<Response>
}

/**
 * Makes a Fetch handler of an app, for Bun, Deno, Workers and all others that call `fetch(request)`.
 *
 * Bodies stream both ways, and `send` waits for a slow reader. The app's call and what `background` tells are handed to
 * `context.waitUntil` where there is one. There are no WebSockets (501), no trailers and no early hints. The path is what
 * the runtime's URL has: dot segments are resolved by then.
 *
 * @throws TypeError for a value that is no app and for a `rootPath` that does not start with "/".
 */
export function toFetchHandler(app: AppLike, options: FetchOptions = {}): FetchHandler {
  const host = new HostedApp(app, options)
  const { client, background } = options
  const call = (request: Request, env: unknown, context: unknown): Promise<Response> => {
    const target = readURL(request.method, request.url)
    if (isRefusal(target)) return Promise.resolve(plain(target.text, target.status))
    if (request.bodyUsed) return Promise.reject(spent(request))
    if (request.headers.get('upgrade')?.toLowerCase() === 'websocket') return Promise.resolve(plain(noWebSockets, 501))
    const surroundings = { env, context, client: client?.(request, env) ?? null }
    const canWait = typeof (context as FetchContext | null | undefined)?.waitUntil === 'function'
    const onEnd = canWait ? keepAwake(context as Required<FetchContext>, background) : null
    return new FetchCall(host, { request, target, onEnd }, surroundings).run()
  }
  const handler = (request: Request, env?: unknown, context?: unknown): Promise<Response> =>
    host.ready ? call(request, env, context) : admitted(host, () => call(request, env, context))
  return Object.assign(handler, { start: () => host.start(), close: () => host.close() })
}

async function admitted(host: HostedApp, call: () => Promise<Response>): Promise<Response> {
  if (await host.admit()) return call()
  return host.draining ? plain('Service Unavailable', 503) : plain('Internal Server Error', 500)
}

/** Asks the runtime to stay until the app has returned and its work has ended. Returns what to call when it has returned. */
function keepAwake(context: Required<FetchContext>, background: FetchOptions['background']): () => void {
  let returned!: (work: unknown) => void
  context.waitUntil(
    new Promise((resolve) => {
      returned = resolve
    }),
  )
  return () => returned(background?.())
}

const noWebSockets =
  'WebSockets are not available here: the Fetch standard has no handshake. Serve the app with a server that speaks ASGI.'

function plain(text: string, status: number): Response {
  return new Response(text, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}

function spent({ method, url }: Request): TypeError {
  return new TypeError(
    `Cannot answer ${method} ${url}: the body of the request was read before, expected an unread one`,
  )
}
