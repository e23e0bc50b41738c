import type { AppLike, ASGIApp, Receive, Send } from '../../../lib/spec/app.ts'
import type { HTTPScope, WebSocketScope } from '../../../lib/spec/scope.ts'
import { lint } from '../../../lib/testing/conformance/lint.ts'
import { serve } from '../../../lib/servers/node/serve.ts'
import type { Server } from '../../../lib/servers/node/server.ts'
import type { ServeOptions } from '../../../lib/servers/options.ts'
import type { AccessRecord } from '../../../lib/servers/access-record.ts'
import { Wire } from '../../support/wire.ts'

/** The part of a tap test that a running server needs. */
export interface Scene {
  teardown(end: () => unknown): void
  fail(message: string): unknown
}

/** A server under test, and what it tells its operator. */
export interface Serving {
  readonly server: Server
  /** Warnings and errors, each with the message of its error. */
  readonly log: string[]
  /** What is only told to who asks for it. */
  readonly info: string[]
  readonly records: AccessRecord[]
  open(): Promise<Wire>
  /** Sends one request and reads its answer. */
  ask(request: string): ReturnType<Wire['answer']>
}

/** Serves an app inside `lint()` for the time of a test, without lifespan unless asked for. A breach by the server fails the test. */
export async function serving(t: Scene, app: AppLike, options: ServeOptions = {}): Promise<Serving> {
  const log: string[] = []
  const info: string[] = []
  const records: AccessRecord[] = []
  const note = (message: string, error?: unknown): void => {
    log.push(
      error === undefined ? message : `${message}: ${error instanceof Error ? error.message : (error as string)}`,
    )
  }
  const report = (breach: Error & { side: string }): void => {
    if (breach.side === 'server') t.fail(breach.message)
  }
  const server = await serve('unlinted' in app ? app : lint(app, { report }), {
    port: 0,
    lifespan: 'off',
    log: { info: (message) => info.push(message), warn: note, error: note },
    onAccess: (record) => records.push(record),
    ...options,
  })
  const wires: Wire[] = []
  const open = async (): Promise<Wire> => {
    const wire = await Wire.to(server.url)
    wires.push(wire)
    return wire
  }
  const ask = async (request: string): ReturnType<Wire['answer']> =>
    (await open()).send(request).answer(request.startsWith('HEAD'))
  t.teardown(async () => {
    for (const wire of wires) wire[Symbol.dispose]()
    await server.close({ force: true }).catch(() => {})
  })
  return { server, log, info, records, open, ask }
}

/** An app that breaks the contract on purpose, or in a way that only `lint()` minds: it is served as it is. */
export function unlinted(app: ASGIApp): AppLike & { readonly unlinted: true } {
  return { asgi: app, unlinted: true }
}

/** An app for HTTP alone. */
export function http(app: (scope: HTTPScope, receive: Receive, send: Send) => Promise<void>): ASGIApp {
  return (scope, receive, send) => {
    if (scope.type !== 'http') throw new Error(`Cannot serve a scope of type "${scope.type}"`)
    return app(scope, receive, send)
  }
}

/** An app for WebSockets alone. */
export function websocket(app: (scope: WebSocketScope, receive: Receive, send: Send) => Promise<void>): ASGIApp {
  return (scope, receive, send) => {
    if (scope.type !== 'websocket') throw new Error(`Cannot serve a scope of type "${scope.type}"`)
    return app(scope, receive, send)
  }
}

/** Answers 200 with a text. */
export async function reply(
  send: Send,
  body: string | Uint8Array,
  headers: Array<[string, string]> = [],
): Promise<void> {
  await send({ type: 'http.response.start', status: 200, headers })
  await send({ type: 'http.response.body', body })
}

/** Reads a request's body to its end; the pieces are separated in `pieces`. */
export async function bodyOf(receive: Receive): Promise<{ text: string; pieces: number; complete: boolean }> {
  const chunks: Uint8Array[] = []
  for (;;) {
    const message = await receive()
    if (message.type !== 'http.request')
      return { text: String(Buffer.concat(chunks)), pieces: chunks.length, complete: false }
    if (message.body) chunks.push(message.body)
    if (!message.more_body) return { text: String(Buffer.concat(chunks)), pieces: chunks.length, complete: true }
  }
}

/** An app that answers with the body of the request. */
export const echo: ASGIApp = http(async (_scope, receive, send) => reply(send, (await bodyOf(receive)).text))

/** An app that answers with the path of the request. */
export const paths: ASGIApp = http(async (scope, _receive, send) => reply(send, scope.path))

/** Something that a test waits for, or that waits for the test. */
export interface Gate<T = void> {
  readonly opened: Promise<T>
  open(value: T): void
}

export function gate<T = void>(): Gate<T> {
  let open!: (value: T) => void
  const opened = new Promise<T>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

/** A GET request. */
export function get(path = '/', ...fields: readonly string[]): string {
  return `GET ${path} HTTP/1.1\r\n${['host: example.org', ...fields].join('\r\n')}\r\n\r\n`
}

/** A POST request with a body of known length. */
export function post(body: string, ...fields: readonly string[]): string {
  const length = `content-length: ${Buffer.byteLength(body, 'latin1')}`
  return `POST / HTTP/1.1\r\n${['host: example.org', length, ...fields].join('\r\n')}\r\n\r\n${body}`
}

/** A request to open a WebSocket. */
export function handshake(path = '/', ...fields: readonly string[]): string {
  return get(
    path,
    'connection: Upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
    ...fields,
  )
}

/** Resolves when something holds; rejects when it does not in half a minute. */
export async function eventually(holds: () => boolean): Promise<void> {
  const end = performance.now() + 30_000
  while (!holds()) {
    if (performance.now() > end) throw new Error(`Still not so: ${String(holds)}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
