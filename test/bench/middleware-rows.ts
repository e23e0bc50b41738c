import { PlainTextResponse, settled } from 'stelline'
import type { ASGIApp, Middleware, Receive, Send } from 'stelline'
import { Headers } from 'stelline/http'
import { context, cors, csrf, fromFunction, httpsRedirect, originCheck } from 'stelline/middleware'
import { proxyHeaders, secureHeaders, trustedHost } from 'stelline/middleware'
import { accessLog, authentication, bearerAuth, bodyLimit, cacheControl, compression } from 'stelline/middleware'
import { conditional, health, maintenance, rateLimit, requestId, serverTiming } from 'stelline/middleware'
import { sessions, timeout, traced, tracing } from 'stelline/middleware'
import type { HTTPScope } from 'stelline/spec'

/** A built-in, with the request that it meets. */
export interface Row {
  readonly name: string
  readonly middleware: readonly Middleware[]
  readonly changes?: Partial<HTTPScope>
  /** Fields of the request besides those of every browser. */
  readonly headers?: readonly string[]
}

/** Each built-in by itself, as far as it lets requests pass. */
export const rows: readonly Row[] = [
  { name: 'trustedHost', middleware: [trustedHost({ allowedHosts: ['example.org'] })] },
  { name: 'httpsRedirect', middleware: [httpsRedirect()], changes: { scheme: 'https' } },
  { name: 'originCheck', middleware: [originCheck()] },
  { name: 'csrf, GET', middleware: [csrf()] },
  {
    name: 'csrf, POST',
    middleware: [csrf()],
    changes: { method: 'POST' },
    headers: ['Origin', 'https://example.org', 'Sec-Fetch-Site', 'same-origin'],
  },
  { name: 'proxyHeaders, another peer', middleware: [proxyHeaders({ trusted: ['10.0.0.0/8'] })] },
  {
    name: 'proxyHeaders, a proxy',
    middleware: [proxyHeaders({ trusted: ['192.0.2.0/24'] })],
    headers: ['X-Forwarded-For', '203.0.113.9', 'X-Forwarded-Proto', 'https'],
  },
  { name: 'cors *, own page', middleware: [cors({ allowOrigins: ['*'] })] },
  { name: 'cors listed, own page', middleware: [cors({ allowOrigins: ['https://a.example'] })] },
  {
    name: 'cors listed, its page',
    middleware: [cors({ allowOrigins: ['https://a.example'] })],
    headers: ['Origin', 'https://a.example'],
  },
  { name: 'secureHeaders', middleware: [secureHeaders()] },
  {
    name: 'secureHeaders, nonce',
    middleware: [secureHeaders({ contentSecurityPolicy: { 'script-src': ["'nonce'"] } })],
  },
  { name: 'context', middleware: [context()] },
  { name: 'fromFunction', middleware: [fromFunction((request, next) => next(request))] },
  { name: 'sessions, not looked at', middleware: [sessions({ keys: 'a key of at least thirty-two bytes' })] },
  { name: 'authentication, nobody', middleware: [authentication({ backends: [bearerAuth({ verify: () => null })] })] },
  { name: 'compression, too short', middleware: [compression()] },
  { name: 'conditional', middleware: [conditional()] },
  { name: 'cacheControl', middleware: [cacheControl()] },
  { name: 'bodyLimit', middleware: [bodyLimit({ maxBytes: 1_000_000 })] },
  { name: 'timeout', middleware: [timeout({ timeoutMs: 30_000 })] },
  { name: 'rateLimit, in memory', middleware: [rateLimit({ limit: 1e9 })] },
  { name: 'maintenance', middleware: [maintenance({ active: () => false })] },
  { name: 'health', middleware: [health()] },
  { name: 'requestId', middleware: [requestId()] },
  { name: 'accessLog', middleware: [accessLog({ write: () => {} })] },
  { name: 'serverTiming', middleware: [serverTiming()] },
  { name: 'tracing, nobody listens', middleware: [tracing(), traced('nothing', (app) => app)] },
  {
    name: 'five together',
    middleware: [
      proxyHeaders({ trusted: ['10.0.0.0/8'] }),
      trustedHost({ allowedHosts: ['example.org'] }),
      cors({ allowOrigins: ['https://a.example'] }),
      secureHeaders(),
      csrf(),
    ],
  },
]

const browserFields = Object.entries({
  Host: 'example.org',
  Connection: 'keep-alive',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)',
  Accept: 'text/html,application/xhtml+xml',
  'Accept-Encoding': 'gzip, deflate, br',
  'Accept-Language': 'en',
}).flat()

/** The app within. */
export const hello: ASGIApp = (scope, receive, send) =>
  new PlainTextResponse('Hello, world!').respond(scope, receive, send)
const receive: Receive = () => Promise.resolve({ type: 'http.disconnect' })
const send: Send = () => settled

/** The app with the built-in around it. */
export function appOf({ middleware }: Row): ASGIApp {
  return middleware.reduceRight((inner, wrap) => wrap(inner), hello)
}

/** Calls an app with the request of a row, again and again. */
export async function callApp(app: ASGIApp, { changes, headers = [] }: Row, calls: number): Promise<void> {
  const fields = [...browserFields, ...headers]
  for (let i = 0; i < calls; i++) {
    const done = app(makeScope(fields, changes), receive, send)
    if (done !== settled) await done
  }
}

function makeScope(fields: readonly string[], changes: Partial<HTTPScope> | undefined): HTTPScope {
  return {
    type: 'http',
    asgi: { version: '3.0', spec_version: '2.5' },
    http_version: '1.1',
    method: changes?.method ?? 'GET',
    scheme: changes?.scheme ?? 'http',
    path: '/',
    raw_path: '/',
    query_string: '',
    root_path: '',
    headers: Headers.fromRaw(fields),
    client: ['192.0.2.1', 50_000],
    server: ['127.0.0.1', 8000],
    state: {},
    extensions: {},
  }
}
