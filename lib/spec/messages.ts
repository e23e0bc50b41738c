import type { ByteString, HeaderPairs } from './headers.ts'

/** What an app may give as content: bytes, or a string that stands for its UTF-8 bytes. */
export type Content = Uint8Array | string

/** What a `pathsend` or `zerocopysend` reads from: the part of a `FileHandle` of node:fs/promises that servers use. */
export interface FileSource {
  read(buffer: Uint8Array, offset: number, length: number, position: number | null): Promise<{ bytesRead: number }>
}

// ---- HTTP, from the server

export interface HTTPRequestMessage {
  type: 'http.request'
  body?: Uint8Array | null
  more_body?: boolean | null
}
export interface HTTPDisconnectMessage {
  type: 'http.disconnect'
}
/** @see https://asgi.readthedocs.io/en/latest/specs/www.html#request-receive-event */
export type HTTPReceiveMessage = HTTPRequestMessage | HTTPDisconnectMessage

// ---- HTTP, from the app

export interface HTTPResponseStartMessage {
  type: 'http.response.start'
  /** A final status: 200 to 999. */
  status: number
  headers?: HeaderPairs | null
  /** True when `http.response.trailers` follows the body. */
  trailers?: boolean | null
}
export interface HTTPResponseBodyMessage {
  type: 'http.response.body'
  body?: Content | null
  more_body?: boolean | null
}
export interface HTTPResponseTrailersMessage {
  type: 'http.response.trailers'
  headers?: HeaderPairs | null
  more_trailers?: boolean | null
}
export interface HTTPResponseEarlyHintMessage {
  type: 'http.response.early_hint'
  /** Values of `link` fields. */
  links: Iterable<ByteString>
}
export interface HTTPResponsePathsendMessage {
  type: 'http.response.pathsend'
  /** An absolute path of the file to send as the whole body. */
  path: string
}
export interface HTTPResponseZerocopysendMessage {
  type: 'http.response.zerocopysend'
  file: FileSource
  /** Where to start, in bytes; the file's current position when absent. */
  offset?: number | null
  /** How many bytes; to the end when absent. */
  count?: number | null
  more_body?: boolean | null
}
export interface HTTPResponsePushMessage {
  type: 'http.response.push'
  path: string
  headers: HeaderPairs
}
export interface HTTPResponseDebugMessage {
  type: 'http.response.debug'
  info: unknown
}
/** @see https://asgi.readthedocs.io/en/latest/specs/www.html#response-start-send-event */
export type HTTPSendMessage =
  | HTTPResponseStartMessage
  | HTTPResponseBodyMessage
  | HTTPResponseTrailersMessage
  | HTTPResponseEarlyHintMessage
  | HTTPResponsePathsendMessage
  | HTTPResponseZerocopysendMessage
  | HTTPResponsePushMessage
  | HTTPResponseDebugMessage

// ---- WebSocket, from the server

export interface WebSocketConnectMessage {
  type: 'websocket.connect'
}
/** One whole message: either `text` or `bytes` is present. */
export interface WebSocketReceiveMessage {
  type: 'websocket.receive'
  text?: string | null
  bytes?: Uint8Array | null
}
export interface WebSocketDisconnectMessage {
  type: 'websocket.disconnect'
  /** 1005 when the peer sent no code, 1006 when the connection was lost. */
  code: number
  reason?: string | null
}
/** @see https://asgi.readthedocs.io/en/latest/specs/www.html#connect-receive-event */
export type WSReceiveMessage = WebSocketConnectMessage | WebSocketReceiveMessage | WebSocketDisconnectMessage

// ---- WebSocket, from the app

export interface WebSocketAcceptMessage {
  type: 'websocket.accept'
  subprotocol?: string | null
  headers?: HeaderPairs | null
}
/** One whole message: exactly one of `text` and `bytes` is given. */
export interface WebSocketSendMessage {
  type: 'websocket.send'
  text?: string | null
  bytes?: Content | null
}
/** Before the accept: refuses the handshake with 403. */
export interface WebSocketCloseMessage {
  type: 'websocket.close'
  /** 1000 when absent. */
  code?: number | null
  reason?: string | null
}
export interface WebSocketResponseStartMessage {
  type: 'websocket.http.response.start'
  status: number
  headers?: HeaderPairs | null
}
export interface WebSocketResponseBodyMessage {
  type: 'websocket.http.response.body'
  body?: Content | null
  more_body?: boolean | null
}
/** @see https://asgi.readthedocs.io/en/latest/specs/www.html#accept-send-event */
export type WSSendMessage =
  | WebSocketAcceptMessage
  | WebSocketSendMessage
  | WebSocketCloseMessage
  | WebSocketResponseStartMessage
  | WebSocketResponseBodyMessage

// ---- Lifespan

export interface LifespanStartupMessage {
  type: 'lifespan.startup'
}
export interface LifespanShutdownMessage {
  type: 'lifespan.shutdown'
}
/** @see https://asgi.readthedocs.io/en/latest/specs/lifespan.html */
export type LifespanReceiveMessage = LifespanStartupMessage | LifespanShutdownMessage

export interface LifespanStartupCompleteMessage {
  type: 'lifespan.startup.complete'
}
export interface LifespanStartupFailedMessage {
  type: 'lifespan.startup.failed'
  message?: string | null
}
export interface LifespanShutdownCompleteMessage {
  type: 'lifespan.shutdown.complete'
}
export interface LifespanShutdownFailedMessage {
  type: 'lifespan.shutdown.failed'
  message?: string | null
}
export type LifespanSendMessage =
  | LifespanStartupCompleteMessage
  | LifespanStartupFailedMessage
  | LifespanShutdownCompleteMessage
  | LifespanShutdownFailedMessage

/** Everything that a server may hand to an app. */
export type ReceiveMessage = HTTPReceiveMessage | WSReceiveMessage | LifespanReceiveMessage

/** Everything that an app may hand to a server. */
export type SendMessage = HTTPSendMessage | WSSendMessage | LifespanSendMessage

/** A message of either direction. */
export type Message = ReceiveMessage | SendMessage
