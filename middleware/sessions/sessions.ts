import { named } from '../../lib/endpoint/named.ts'
import { MutableHeaders } from '../../lib/http/headers.ts'
import type { FrameworkScope } from '../../lib/request/connection.ts'
import { settled } from '../../lib/spec/app.ts'
import type { ASGIApp, Middleware, Receive, Send } from '../../lib/spec/app.ts'
import type {
  HTTPResponseStartMessage,
  SendMessage,
  WebSocketAcceptMessage,
  WebSocketResponseStartMessage,
} from '../../lib/spec/messages.ts'
import type { HTTPScope, WebSocketScope } from '../../lib/spec/scope.ts'
import { Signer } from '../../lib/storage/signer.ts'
import type { Store } from '../../lib/storage/store.ts'
import { CookieKeeper } from './cookie-keeper.ts'
import { SessionCookie } from './session-cookie.ts'
import type { SessionCookieOptions } from './session-cookie.ts'
import type { KeptSession, SessionKeeper } from './session-keeper.ts'
import { StoreKeeper } from './store-keeper.ts'

/** Where sessions are kept, and with which cookie. Give either `keys` or `store`. */
export interface SessionsOptions extends SessionCookieOptions {
  /**
   * Keeps sessions in the cookie itself, signed with the first of these secrets; all of them verify. The client can read
   * what is in it.
   */
  keys?: string | readonly string[]
  /** Keeps sessions here; the cookie holds a random id. */
  store?: Store
  /** Lets the time begin anew with each answer for which the session was looked at. Default false: when it is changed. */
  rolling?: boolean
  /** Tells the time of signatures, in milliseconds. Default `Date.now`. */
  now?: () => number
}

/**
 * Gives each request and WebSocket a `session`. The cookie is sent only when the session has changed, nested changes
 * included; an answer for which the session was looked at varies by the cookie.
 *
 * A WebSocket's cookie goes with the answer to its handshake. What changes after that is saved, when the call ends, in a
 * `store` only.
 *
 * @throws TypeError for a set-up that cannot work, weak keys included.
 */
export function sessions(options: SessionsOptions): Middleware {
  const cookie = new SessionCookie(options)
  const keeper = keeperOf(options, cookie)
  return named('sessions', (app) => (scope, receive, send) => {
    if (scope.type === 'lifespan') return app(scope, receive, send)
    const kept = keeper.open(scope)
    return kept instanceof Promise
      ? runLate(app, kept, { scope, receive, send, cookie })
      : run(app, { scope, receive, send, cookie, kept })
  })
}

function keeperOf({ keys, store, rolling = false, now }: SessionsOptions, cookie: SessionCookie): SessionKeeper {
  if ((keys === undefined) === (store === undefined)) {
    throw new TypeError(
      'Cannot keep sessions: expected either "keys", for sessions in cookies, or "store", for sessions on the server',
    )
  }
  if (store !== undefined) return new StoreKeeper(store, { cookie, rolling })
  const signer = new Signer(keys!, { purpose: 'session', ...(now !== undefined && { now }) })
  return new CookieKeeper(signer, { cookie, rolling })
}

interface Running {
  readonly scope: (HTTPScope | WebSocketScope) & FrameworkScope
  readonly receive: Receive
  readonly send: Send
  readonly cookie: SessionCookie
  readonly kept: KeptSession
}

function runLate(app: ASGIApp, opened: Promise<KeptSession>, call: Omit<Running, 'kept'>): Promise<void> {
  return opened.then((kept) => run(app, { ...call, kept }))
}

function run(app: ASGIApp, running: Running): Promise<void> {
  const { scope, receive, kept } = running
  scope.session = kept.session
  const done = app(scope, receive, savingSend(running))
  return scope.type === 'http' || kept.saveLate === undefined ? done : savedLate(done, kept)
}

function savedLate(done: Promise<void>, kept: KeptSession): Promise<void> {
  return done.then(() => (kept.session.accessed ? (kept.saveLate!() as Promise<void>) : settled))
}

/** A message that carries header fields to the client. */
type HeadMessage = HTTPResponseStartMessage | WebSocketAcceptMessage | WebSocketResponseStartMessage

function savingSend(running: Running): Send {
  const { send, kept } = running
  let saved = false
  /** What the messages after the head wait for. */
  let saving: Promise<void> | null = null
  return (message) => {
    if (saving !== null) return sendAfter(saving, send, message)
    if (saved || !isHead(message)) return send(message)
    saved = true
    // What nobody looked at has not changed, and the answer does not depend on it.
    if (!kept.session.accessed) return send(message)
    try {
      const value = kept.save()
      if (!(value instanceof Promise)) return sendHead(message, value, running)
      return (saving = sendHeadLate(message, value, running))
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

function sendAfter(saving: Promise<void>, send: Send, message: SendMessage): Promise<void> {
  return saving.then(() => send(message))
}

function sendHeadLate(message: HeadMessage, value: Promise<string | null>, running: Running): Promise<void> {
  return value.then((saved) => sendHead(message, saved, running))
}

function sendHead(message: HeadMessage, value: string | null, { scope, send, cookie }: Running): Promise<void> {
  return send({ ...message, headers: withSession(message, value === null ? null : cookie.write(value, scope)) })
}

function isHead(message: SendMessage): message is HeadMessage {
  return (
    message.type === 'http.response.start' ||
    message.type === 'websocket.accept' ||
    message.type === 'websocket.http.response.start'
  )
}

function withSession(message: HeadMessage, setCookie: string | null): MutableHeaders {
  const headers = new MutableHeaders(message.headers ?? [])
  if (setCookie !== null) headers.append('set-cookie', setCookie)
  if (message.type !== 'websocket.accept') headers.addVary('Cookie')
  return headers
}
