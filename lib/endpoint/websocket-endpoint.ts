import { WebSocketDisconnect } from '../exceptions/websocket-disconnect.ts'
import { WebSocketException } from '../exceptions/websocket-exception.ts'
import type { WebSocket } from '../request/websocket.ts'
import type { ASGIApp } from '../spec/app.ts'
import { show } from '../spec/violations.ts'
import { websocketEndpointApp } from './endpoint-app.ts'
import { progressOf } from './progress.ts'

/** How the messages of a peer are read. */
export type WebSocketEncoding = 'text' | 'bytes' | 'json'

const readers: Readonly<Record<WebSocketEncoding, (websocket: WebSocket) => Promise<unknown>>> = {
  text: (websocket) => websocket.receiveText(),
  bytes: (websocket) => websocket.receiveBytes(),
  json: (websocket) => websocket.receiveJson(),
}

/**
 * An endpoint for WebSockets as a class: its hooks are called when the peer connects, for each message, and when the
 * connection has ended. A new object is made for each WebSocket, so that its fields are those of the connection. A route
 * takes the class; the class alone is an app.
 *
 * @typeParam Message What `onReceive` gets: `string` for the encoding `text`, `Uint8Array` for `bytes`.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- classes that extend it implement the hook
export abstract class WebSocketEndpoint<Message = string | Uint8Array> {
  /**
   * How messages are read. A message of the wrong kind closes with 1003, one that is not JSON with 1007. Default `null`:
   * text gives strings and binary messages give bytes.
   */
  readonly encoding: WebSocketEncoding | null = null

  /**
   * The class as an app.
   *
   * @throws TypeError for a class with a static `encoding`, which nobody would read.
   */
  static get asgi(): ASGIApp {
    if ('encoding' in this) {
      throw new TypeError(
        `Cannot use the class ${show(this.name)} as an endpoint: its "encoding" is static, expected a field of its objects, such as encoding = "json"`,
      )
    }
    const make = this as unknown as new () => WebSocketEndpoint<unknown>
    return websocketEndpointApp((websocket) => converse(new make(), websocket))
  }

  /** Called first. It accepts, unless a class has one of its own, which accepts or refuses itself. */
  async onConnect(websocket: WebSocket): Promise<void> {
    await websocket.accept()
  }

  /** Called for each message, one after the other. */
  onReceive?(websocket: WebSocket, message: Message): void | Promise<void>

  /**
   * Called once when `onConnect` has accepted, however the connection has ended.
   *
   * @param closeCode That of the peer: 1005 when it sent none, 1006 when it was lost. That of a `WebSocketException`, and
   * 1011 for any other error here.
   */
  onDisconnect?(websocket: WebSocket, closeCode: number): void | Promise<void>
}

async function converse(endpoint: WebSocketEndpoint<unknown>, websocket: WebSocket): Promise<void> {
  const receive = readerOf(endpoint.encoding)
  let closeCode = 1011
  await endpoint.onConnect(websocket)
  if (!websocket.isOpen) return
  try {
    for (;;) {
      const message = await receive(websocket)
      await endpoint.onReceive?.(websocket, message)
    }
  } catch (error) {
    if (error instanceof WebSocketDisconnect || error instanceof WebSocketException) closeCode = error.closeCode
    if (error instanceof WebSocketDisconnect) return
    // Within an application its exception handlers close.
    if (!(error instanceof WebSocketException) || progressOf(websocket.scope)?.handlers) throw error
    await websocket.close(error.closeCode, error.reason)
  } finally {
    await endpoint.onDisconnect?.(websocket, closeCode)
  }
}

function readerOf(encoding: WebSocketEncoding | null): (websocket: WebSocket) => Promise<unknown> {
  if (encoding === null) return (websocket) => websocket.receive()
  if (Object.hasOwn(readers, encoding)) return readers[encoding]
  throw new TypeError(`Cannot read messages as ${show(encoding)}: expected "text", "bytes", "json" or null`)
}
