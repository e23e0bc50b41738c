import type { ReceiveMessage, SendMessage } from './messages.ts'
import type { Scope } from './scope.ts'

/** Resolves with the next message from the server. Safe to call again after the last one: a disconnect repeats. */
export type Receive = () => Promise<ReceiveMessage>

/**
 * Hands one message to the server. Resolves once the data is buffered and the peer keeps up.
 *
 * @throws {@link ClientDisconnected} when the peer is gone.
 * @throws {@link ProtocolViolation} when the message is out of order or malformed; nothing of it reaches the wire.
 */
export type Send = (message: SendMessage) => Promise<void>

/**
 * An application: one function, called once per connection (an HTTP request, a WebSocket, the lifespan).
 *
 * @see https://asgi.readthedocs.io/en/latest/specs/main.html#applications
 */
export type ASGIApp = (scope: Scope, receive: Receive, send: Send) => Promise<void>

/** What every place that takes an app accepts: the function itself, or an object that exposes it as `asgi`. */
export type AppLike = ASGIApp | { readonly asgi: ASGIApp }

/** Wraps an app in another app. A middleware with options is a function that returns one of these. */
export type Middleware = (app: ASGIApp) => ASGIApp

/**
 * What a `send` returns when there is nothing to wait for. It is one shared promise, so that a caller on a hot path may
 * compare by identity and go on at once instead of waiting a turn.
 */
export const settled: Promise<void> = Promise.resolve()

/**
 * Returns the function of an app, whichever form it came in.
 *
 * @param role What the app is for, as an error says it.
 * @throws TypeError for anything else.
 */
export function toApp(app: AppLike, role: string = 'as an app'): ASGIApp {
  // First, since a class with a static "asgi" is a function, too.
  if (typeof (app as { readonly asgi?: unknown } | null)?.asgi === 'function') return (app as { asgi: ASGIApp }).asgi
  if (typeof app === 'function') return app
  throw new TypeError(
    `Cannot use ${describe(app)} ${role}: expected a function (scope, receive, send) or an object with such a function as "asgi"`,
  )
}

function describe(value: unknown): string {
  return value === null
    ? 'null'
    : typeof value === 'object'
      ? 'an object without "asgi"'
      : `a value of type ${typeof value}`
}
