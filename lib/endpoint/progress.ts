import type { Request } from '../request/request.ts'
import type { WebSocket } from '../request/websocket.ts'
import type { Send } from '../spec/app.ts'
import type { Scope } from '../spec/scope.ts'
import type { ExceptionLookup } from './exception-handlers.ts'

/**
 * What the error layers know of one connection. It lies on the scope, so that it is shared by everything that sees the
 * connection, copies of the scope included.
 */
export class Progress {
  /** Whether an answer has begun: a response, or the reply to a handshake. */
  started = false
  /**
   * The `send` at the deepest point that the connection has reached. What is sent through it passes the wrappers of every
   * middleware on the way out, so that an error answer gets the headers that they add.
   */
  send: Send = (message) => {
    // Only what was accepted counts: a message that `send` refuses leaves the answer open.
    const sent = this.#server(message)
    if (!this.started) this.started = beginsAnswer(message.type)
    return sent
  }
  /** The object that the endpoint was given. Exception handlers get the same, so that a body read there stays readable. */
  connection: Request | WebSocket | null = null
  /** The exception handlers of the nearest error layer. */
  handlers: ExceptionLookup | null = null
  /** Whether somebody listens to the work of middleware: asked once, where a stack begins. */
  layersHeard = false
  /** What the handlers of an error layer have failed with: it is not theirs to answer again. */
  failure: { readonly error: unknown } | null = null
  readonly #server: Send

  /** @param send The server's: it is watched for the begin of the answer. */
  constructor(send: Send) {
    this.#server = send
  }
}

/** A scope on which an error layer keeps its knowledge. */
export type TrackedScope = Scope & { progress?: Progress | null }

/** Returns the knowledge about a connection, or `null` outside every error layer. */
export function progressOf(scope: TrackedScope): Progress | null {
  return scope.progress ?? null
}

/** Notes that a connection has come as far as this `send`; begins the knowledge about it when there is none yet. */
export function progressAt(scope: TrackedScope, send: Send): Progress {
  const known = scope.progress
  if (known === null || known === undefined) return (scope.progress = new Progress(send))
  known.send = send
  return known
}

function beginsAnswer(type: string): boolean {
  return (
    type === 'http.response.start' ||
    type === 'websocket.accept' ||
    type === 'websocket.close' ||
    type === 'websocket.http.response.start'
  )
}
