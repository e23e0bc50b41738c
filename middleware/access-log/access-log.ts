import { createRequire } from 'node:module'
import { named } from '../../lib/endpoint/named.ts'
import { optionalPackage } from '../../lib/exceptions/optional-package.ts'
import { Headers } from '../../lib/http/headers.ts'
import type { FrameworkScope } from '../../lib/request/connection.ts'
import type { Middleware, Send } from '../../lib/spec/app.ts'
import type { Content, SendMessage } from '../../lib/spec/messages.ts'
import type { HTTPScope, WebSocketScope } from '../../lib/spec/scope.ts'
import { show } from '../../lib/spec/violations.ts'
import type { AccessEntry } from './access-entry.ts'
import { combinedFormat, jsonFormat } from './formats.ts'
import type { AccessFormat } from './formats.ts'

/** What takes entries as objects, as a logger of pino does. */
export interface AccessLogger {
  info(entry: AccessEntry, message: string): void
}

/** Where requests are logged, and how. */
export interface AccessLogOptions {
  /**
   * `combined`, the format of Apache; `json`; `pino`, which makes a logger of the package; or a function. Default `combined`.
   * A function has to escape what comes from clients.
   */
  format?: 'combined' | 'json' | 'pino' | AccessFormat
  /** Takes a line, with its end. Default: the standard output. */
  write?: (line: string) => void
  /** Takes entries as objects, in place of `format` and `write`. */
  logger?: AccessLogger
  /** What is not logged, for example health checks. */
  skip?: (entry: AccessEntry) => boolean
  /** Tells the time, in milliseconds since 1970. Default `Date.now`. */
  now?: () => number
}

const require = createRequire(import.meta.url)
const formats: ReadonlyMap<unknown, AccessFormat> = new Map([
  ['combined', combinedFormat],
  ['json', jsonFormat],
])

/**
 * Logs each request when its answer has been sent, and each WebSocket when it has ended. Put it outermost, so that it sees
 * what the client sees.
 *
 * @throws {@link MissingPackage} for `pino` when that is not installed. TypeError for another format that there is not.
 */
export function accessLog(options: AccessLogOptions = {}): Middleware {
  const { skip, now = Date.now } = options
  const log = sinkOf(options)
  return named('accessLog', (app) => (scope, receive, send) => {
    if (scope.type === 'lifespan') return app(scope, receive, send)
    const watch = new AnswerWatch(send)
    const timeMs = now()
    // What is nearer may write its own onto the scope.
    const client = scope.client?.[0] ?? null
    const end = (): void => {
      const entry = entryOf(scope, { timeMs, client, durationMs: now() - timeMs, watch })
      if (skip?.(entry) !== true) log(entry)
    }
    const fail = (error: unknown): never => {
      end()
      throw error
    }
    try {
      return app(scope, receive, watch.send).then(end, fail)
    } catch (error) {
      return fail(error)
    }
  })
}

function sinkOf({ format = 'combined', write, logger }: AccessLogOptions): (entry: AccessEntry) => void {
  if (logger !== undefined || format === 'pino') {
    const objects = logger ?? pinoLogger()
    return (entry) => objects.info(entry, `${entry.method} ${entry.target} ${entry.status}`)
  }
  const lines = typeof format === 'function' ? format : formats.get(format)
  if (lines === undefined) {
    throw new TypeError(`Cannot log requests as ${show(format)}: expected "combined", "json", "pino" or a function`)
  }
  const out = write ?? ((line: string) => void process.stdout.write(line))
  return (entry) => out(`${lines(entry)}\n`)
}

function pinoLogger(): AccessLogger {
  const pino = optionalPackage('log requests with pino', 'pino', () => require('pino') as () => AccessLogger)
  return pino()
}

/** Watches what is answered. */
class AnswerWatch {
  status = 0
  bytes = 0
  readonly #inner: Send
  readonly send: Send = (message) => {
    this.#note(message)
    return this.#inner(message)
  }

  constructor(inner: Send) {
    this.#inner = inner
  }

  #note(message: SendMessage): void {
    switch (message.type) {
      case 'http.response.start':
      case 'websocket.http.response.start':
        this.status = message.status
        break
      case 'http.response.body':
      case 'websocket.http.response.body':
        this.bytes += lengthOf(message.body)
        break
      case 'websocket.accept':
        this.status = 101
        break
      case 'websocket.close':
        // Before the accept it refuses the handshake.
        if (this.status === 0) this.status = 403
        break
      case 'websocket.send':
        this.bytes += lengthOf(message.bytes ?? message.text)
        break
    }
  }
}

interface Watched {
  readonly timeMs: number
  readonly client: string | null
  readonly durationMs: number
  readonly watch: AnswerWatch
}

function entryOf(
  scope: (HTTPScope | WebSocketScope) & FrameworkScope,
  { timeMs, client, durationMs, watch }: Watched,
): AccessEntry {
  const headers = Headers.from(scope.headers)
  return {
    timeMs,
    client: scope.client?.[0] ?? client,
    protocol: scope.type,
    method: scope.type === 'http' ? scope.method : 'GET',
    target: (scope.raw_path ?? scope.path) + (scope.query_string === '' ? '' : `?${scope.query_string}`),
    httpVersion: scope.http_version,
    status: watch.status,
    bytes: watch.bytes,
    durationMs,
    referer: headers.get('referer'),
    userAgent: headers.get('user-agent'),
    requestId: scope.request_id ?? null,
    user: nameOf(scope.user),
  }
}

function nameOf(user: object | null | undefined): string | null {
  const { id, name } = (user ?? {}) as { readonly id?: unknown; readonly name?: unknown }
  const known = id ?? name
  return typeof known === 'string' || typeof known === 'number' ? String(known) : null
}

function lengthOf(content: Content | null | undefined): number {
  return typeof content === 'string' ? Buffer.byteLength(content) : (content?.length ?? 0)
}
