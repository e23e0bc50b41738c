import type { ByteString, HeaderPairs } from './headers.ts'

/** What an app may give as content: bytes, or a string that stands for its UTF-8 bytes. */
export type Content = Uint8Array | string

/** What a `pathsend` or `zerocopysend` reads from: the part of a `FileHandle` of node:fs/promises that servers use. */
export interface FileSource {
  /** Reads into a buffer, from a position of the file or, with `null`, from its current one. */
  read(buffer: Uint8Array, offset: number, length: number, position: number | null): Promise<{ bytesRead: number }>
}

// ---- HTTP, from the server

/** A part of the request's body. */
export interface HTTPRequestMessage {
  type: 'http.request'
  /** The bytes; none when absent. */
  body?: Uint8Array | null
  /** True when more parts follow. */
  more_body?: boolean | null
}
/** The answer is complete, or the client has gone. It repeats. */
export interface HTTPDisconnectMessage {
  type: 'http.disconnect'
}
/** @see https://asgi.readthedocs.io/en/latest/specs/www.html#request-receive-event */
export type HTTPReceiveMessage = HTTPRequestMessage | HTTPDisconnectMessage

// ---- HTTP, from the app

/** The head of the answer. */
export interface HTTPResponseStartMessage {
  type: 'http.response.start'
  /** A final status: 200 to 999. */
  status: number
  /** Names in lower case; none when absent. */
  headers?: HeaderPairs | null
  /** True when `http.response.trailers` follows the body. */
  trailers?: boolean | null
}
/** A part of the answer's body. */
export interface HTTPResponseBodyMessage {
  type: 'http.response.body'
  /** The content; none when absent. */
  body?: Content | null
  /** True when more parts follow. */
  more_body?: boolean | null
}
/** Fields after the body. */
export interface HTTPResponseTrailersMessage {
  type: 'http.response.trailers'
  /** Names in lower case; none when absent. */
  headers?: HeaderPairs | null
  /** True when more fields follow. */
  more_trailers?: boolean | null
}
/** Links for a 103 answer before the head. */
export interface HTTPResponseEarlyHintMessage {
  type: 'http.response.early_hint'
  /** Values of `link` fields. */
  links: Iterable<ByteString>
}
/** A file as the whole body, which the server opens itself. */
export interface HTTPResponsePathsendMessage {
  type: 'http.response.pathsend'
  /** An absolute path of the file to send as the whole body. */
  path: string
}
/** A part of an open file as a part of the body. */
export interface HTTPResponseZerocopysendMessage {
  type: 'http.response.zerocopysend'
  /** The file, which stays open and is the app's to close. */
  file: FileSource
  /** Where to start, in bytes; the file's current position when absent. */
  offset?: number | null
  /** How many bytes; to the end when absent. */
  count?: number | null
  /** True when more parts of the body follow. */
  more_body?: boolean | null
}
/** An HTTP/2 push promise. */
export interface HTTPResponsePushMessage {
  type: 'http.response.push'
  /** What is pushed: a path on the same host. */
  path: string
  /** The fields of the request that the push answers. */
  headers: HeaderPairs
}
/** Information for a test client. */
export interface HTTPResponseDebugMessage {
  type: 'http.response.debug'
  /** Whatever app and test agree on; a rendered template is `{ template, context }`. */
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

/** The first message: the client asks to open a WebSocket. */
export interface WebSocketConnectMessage {
  type: 'websocket.connect'
}
/** One whole message: either `text` or `bytes` is present. */
export interface WebSocketReceiveMessage {
  type: 'websocket.receive'
  /** The content of a text message. */
  text?: string | null
  /** The content of a binary message. */
  bytes?: Uint8Array | null
}
/** The WebSocket is closed. It repeats. */
export interface WebSocketDisconnectMessage {
  type: 'websocket.disconnect'
  /** 1005 when the peer sent no code, 1006 when the connection was lost. */
  code: number
  /** What the peer gave as the reason. */
  reason?: string | null
}
/** @see https://asgi.readthedocs.io/en/latest/specs/www.html#connect-receive-event */
export type WSReceiveMessage = WebSocketConnectMessage | WebSocketReceiveMessage | WebSocketDisconnectMessage

// ---- WebSocket, from the app

/** Completes the handshake. */
export interface WebSocketAcceptMessage {
  type: 'websocket.accept'
  /** One that the client offers. */
  subprotocol?: string | null
  /** Fields of the answer to the handshake. */
  headers?: HeaderPairs | null
}
/** One whole message: exactly one of `text` and `bytes` is given. */
export interface WebSocketSendMessage {
  type: 'websocket.send'
  /** The content of a text message. */
  text?: string | null
  /** The content of a binary message. */
  bytes?: Content | null
}
/** Before the accept: refuses the handshake with 403. */
export interface WebSocketCloseMessage {
  type: 'websocket.close'
  /** 1000 when absent. */
  code?: number | null
  /** At most 123 bytes of UTF-8. */
  reason?: string | null
}
/** The head of an answer that denies the handshake. */
export interface WebSocketResponseStartMessage {
  type: 'websocket.http.response.start'
  /** A final status: 200 to 999. */
  status: number
  /** Names in lower case; none when absent. */
  headers?: HeaderPairs | null
}
/** A part of the body of a denial. */
export interface WebSocketResponseBodyMessage {
  type: 'websocket.http.response.body'
  /** The content; none when absent. */
  body?: Content | null
  /** True when more parts follow. */
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

/** The server is about to accept connections. */
export interface LifespanStartupMessage {
  type: 'lifespan.startup'
}
/** All connections have closed. */
export interface LifespanShutdownMessage {
  type: 'lifespan.shutdown'
}
/** @see https://asgi.readthedocs.io/en/latest/specs/lifespan.html */
export type LifespanReceiveMessage = LifespanStartupMessage | LifespanShutdownMessage

/** The app is ready. */
export interface LifespanStartupCompleteMessage {
  type: 'lifespan.startup.complete'
}
/** The app cannot start: the server stops. */
export interface LifespanStartupFailedMessage {
  type: 'lifespan.startup.failed'
  /** Why; for the log. */
  message?: string | null
}
/** The app has cleaned up. */
export interface LifespanShutdownCompleteMessage {
  type: 'lifespan.shutdown.complete'
}
/** The app could not clean up. */
export interface LifespanShutdownFailedMessage {
  type: 'lifespan.shutdown.failed'
  /** Why; for the log. */
  message?: string | null
}
/** What an app may send on a lifespan scope. */
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
