import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { WebSocket } from 'ws'
import type { Receive, Send } from '../../spec/app.ts'
import type { HeaderPair } from '../../spec/headers.ts'
import type { WSReceiveMessage } from '../../spec/messages.ts'
import type { WebSocketScope } from '../../spec/scope.ts'
import { ClientDisconnected } from '../../spec/violations.ts'
import { MemorySocket } from './memory-socket.ts'
import { mountedTarget } from './mounted-target.ts'
import type { NodeTarget } from './node-target.ts'

/** A WebSocket for a Node app. */
export interface ForeignWebSocketCall {
  readonly scope: WebSocketScope
  readonly receive: Receive
  readonly send: Send
}

/** Bytes on their way into the app above which the peer is not read. */
const highWaterBytes = 65_536

/** What the handshake between the two ends in memory decides anew. */
const ofHandshake: ReadonlySet<string> = new Set([
  'connection',
  'upgrade',
  'content-length',
  'transfer-encoding',
  'sec-websocket-accept',
  'sec-websocket-extensions',
  'sec-websocket-key',
  'sec-websocket-protocol',
  'sec-websocket-version',
])

/** Brings WebSockets to the upgrade listener of a Node app, through a connection in memory that both ends take for real. */
export class NodeUpgrade {
  readonly #server: Server

  constructor({ handle, upgrade }: NodeTarget) {
    // It never listens: connections are handed to it.
    this.#server = createServer((request: IncomingMessage, response: ServerResponse) => {
      hand(request, () => handle(request, response, undefined))
    })
    if (upgrade !== null) {
      this.#server.on('upgrade', (request, socket, head) => hand(request, () => upgrade(request, socket, head)))
    }
  }

  /** Runs one WebSocket. Resolves when it has closed or was refused. */
  run(call: ForeignWebSocketCall): Promise<void> {
    const [near, far] = MemorySocket.pair(call.scope)
    const bridge = new Bridge(call, near)
    arrivals.set(far, { mount: mountedTarget(call.scope).mount, bridge })
    this.#server.emit('connection', far)
    return bridge.run()
  }
}

/** What a connection belongs to. */
interface Arrival {
  readonly mount: string
  readonly bridge: Bridge
}

const arrivals = new WeakMap<object, Arrival>()

/** Hands a request to the app. What the app throws, at once or later, fails the call, and does not end the process. */
function hand(request: IncomingMessage, listen: () => unknown): void {
  const { mount, bridge } = arrivals.get(request.socket)!
  Object.assign(request, { baseUrl: mount, originalUrl: mount + request.url! })
  const fail = (error: unknown): void => bridge.fail(error)
  try {
    const returned = listen()
    if (returned instanceof Promise) returned.catch(fail)
  } catch (error) {
    fail(error)
  }
}

/** The two ends of one WebSocket: messages of the contract, and a client in memory. */
class Bridge {
  readonly #call: ForeignWebSocketCall
  readonly #client: WebSocket
  readonly #ended: Promise<void>
  #resolve!: () => void
  #reject!: (error: unknown) => void
  #subprotocol: string | null = null
  #headers: HeaderPair[] = []
  #gone = false
  /** Nothing is sent any more: how the peer is told is up to those around the app. */
  #failed = false
  /** The message that is being sent, after which the next one may be. */
  #sending: Promise<void> = Promise.resolve()

  constructor(call: ForeignWebSocketCall, socket: MemorySocket) {
    this.#call = call
    this.#ended = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    const { path, search } = mountedTarget(call.scope)
    this.#client = new WebSocket(`ws://localhost${path}${search}`, [...call.scope.subprotocols], {
      createConnection: () => socket as unknown as Socket,
      headers: headersOf(call.scope),
      perMessageDeflate: false,
      // What the app sends is not limited here.
      maxPayload: 0,
    })
  }

  run(): Promise<void> {
    this.#client
      .on('upgrade', (response) => this.#readAnswer(response))
      .on('open', () => this.#post(() => this.#accept()))
      .on('unexpected-response', (_request, response) => this.#post(() => this.#deny(response)))
      .on('message', (data: Buffer, isBinary: boolean) => this.#deliver(data, isBinary))
      .on('close', (code, reason) => this.#post(() => this.#closed(code, reason.toString())))
      .on('error', () => {})
    this.#pump().catch((error: unknown) => this.fail(error))
    return this.#ended
  }

  /** What a client without a subprotocol would be refused for is between the peer and the app: the client in memory is content. */
  #readAnswer({ headers, rawHeaders }: IncomingMessage): void {
    this.#subprotocol = headers['sec-websocket-protocol'] ?? null
    const [first] = this.#call.scope.subprotocols
    if (this.#subprotocol === null && first !== undefined) headers['sec-websocket-protocol'] = first
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const name = rawHeaders[i]!.toLowerCase()
      if (!ofHandshake.has(name)) this.#headers.push([name, rawHeaders[i + 1]!])
    }
  }

  /** Sends in order. What fails ends the bridge; that the peer has left is no failure. */
  #post(step: () => Promise<void>): void {
    this.#sending = this.#sending
      .then(() => (this.#failed ? undefined : step()))
      .catch((error: unknown) => this.fail(error))
  }

  /** Ends the bridge with what went wrong. */
  fail(error: unknown): void {
    this.#failed = true
    this.#client.terminate()
    if (error instanceof ClientDisconnected) this.#resolve()
    else this.#reject(error)
  }

  #accept(): Promise<void> {
    return this.#call.send({ type: 'websocket.accept', subprotocol: this.#subprotocol, headers: this.#headers })
  }

  async #deny(response: IncomingMessage): Promise<void> {
    const { scope, send } = this.#call
    if (scope.extensions['websocket.http.response'] === undefined) await send({ type: 'websocket.close' })
    else {
      const headers = Object.entries(response.headersDistinct).flatMap(([name, values]) =>
        ofHandshake.has(name) ? [] : values!.map((value): HeaderPair => [name, value]),
      )
      await send({ type: 'websocket.http.response.start', status: response.statusCode!, headers })
      for await (const body of response) {
        await send({ type: 'websocket.http.response.body', body: body as Buffer, more_body: true })
      }
      await send({ type: 'websocket.http.response.body', body: '', more_body: false })
    }
    this.#finish()
  }

  #deliver(data: Buffer, isBinary: boolean): void {
    const { send } = this.#call
    this.#client.pause()
    this.#post(async () => {
      await send({ type: 'websocket.send', ...(isBinary ? { bytes: data } : { text: data.toString() }) })
      this.#client.resume()
    })
  }

  async #closed(code: number, reason: string): Promise<void> {
    if (!this.#gone) await this.#call.send(closing(code, reason))
    this.#finish()
  }

  /** Reads the peer until it has gone. */
  async #pump(): Promise<void> {
    for (;;) {
      const message = (await this.#call.receive()) as WSReceiveMessage
      if (message.type === 'websocket.disconnect') return this.#leave(message.code, message.reason ?? '')
      if (message.type === 'websocket.receive') await this.#feed(message.text ?? message.bytes!)
    }
  }

  #feed(data: string | Uint8Array): Promise<void> {
    const client = this.#client
    if (client.readyState !== client.OPEN) return Promise.resolve()
    return new Promise((resolve) => {
      client.send(data, () => resolve())
      if (client.bufferedAmount <= highWaterBytes) resolve()
    })
  }

  #leave(code: number, reason: string): void {
    this.#gone = true
    const client = this.#client
    if (client.readyState === client.OPEN && code !== 1006) client.close(code === 1005 ? undefined : code, reason)
    else client.terminate()
    this.#resolve()
  }

  #finish(): void {
    this.#client.terminate()
    this.#resolve()
  }
}

/** The fields of the request without those of its handshake. */
function headersOf({ headers }: WebSocketScope): Record<string, string[]> {
  const fields: Record<string, string[]> = Object.create(null)
  for (const [name, value] of headers) if (!ofHandshake.has(name)) (fields[name] ??= []).push(value)
  return fields
}

/** A close without a code, and a connection that was cut, have codes that nobody may send. */
function closing(code: number, reason: string): { type: 'websocket.close'; code: number; reason: string } {
  if (code === 1005) return { type: 'websocket.close', code: 1000, reason: '' }
  return { type: 'websocket.close', code: code === 1006 ? 1011 : code, reason }
}
