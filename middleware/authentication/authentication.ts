import type { EndpointResult } from '../../lib/endpoint/endpoint.ts'
import { named } from '../../lib/endpoint/named.ts'
import { AuthenticationError } from '../../lib/exceptions/authentication-error.ts'
import { MutableHeaders } from '../../lib/http/headers.ts'
import { ConnectionHead } from '../../lib/request/connection-head.ts'
import type { FrameworkScope } from '../../lib/request/connection.ts'
import type { AuthInfo } from '../../lib/request/auth-info.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import { toResponse } from '../../lib/response/to-response.ts'
import type { ASGIApp, Middleware, Receive, Send } from '../../lib/spec/app.ts'
import type { HTTPScope, WebSocketScope } from '../../lib/spec/scope.ts'
import type { AuthenticationBackend, Identity, MaybeIdentity } from './backend.ts'

/** How it is found out who makes a request. */
export interface AuthenticationOptions {
  /** They are asked in turn; the first that knows the user decides. */
  backends: readonly AuthenticationBackend[]
  /** Answers credentials that do not hold. Default: 401 with the detail of the error and `www-authenticate`. */
  onError?: (connection: ConnectionHead, error: AuthenticationError) => EndpointResult | Promise<EndpointResult>
}

/**
 * Finds out who makes a request or opens a WebSocket: `user` and `auth`. It refuses credentials that do not hold and lets
 * everybody else through, known or not; what needs a user is guarded by `requires()`.
 *
 * @throws TypeError when there are no backends.
 */
export function authentication({ backends, onError }: AuthenticationOptions): Middleware {
  if (!Array.isArray(backends) || backends.length === 0) {
    throw new TypeError('Cannot authenticate: there are no backends, expected at least one, for example bearerAuth()')
  }
  const challenges = backends.flatMap(({ challenge }) => (challenge === undefined ? [] : [challenge]))
  const answer = onError ?? ((_connection, error) => refusal(error, challenges))
  const unknown: AuthInfo = { authenticated: false, scopes: new Set(), challenges }
  return named('authentication', (app) => {
    const enter = (identity: Identity | null, { scope, receive, send }: Call): Promise<void> => {
      scope.user = identity?.user ?? null
      scope.auth = identity === null ? unknown : { authenticated: true, scopes: new Set(identity.scopes), challenges }
      return app(scope, receive, send)
    }
    return guarded(app, {
      varyBy: backends.flatMap(({ varyBy }) => (varyBy === undefined ? [] : [varyBy])),
      identify: (head) => askInTurn(backends, head, 0),
      enter,
      refuse: (error, call) => answerError(error, call, answer),
    })
  })
}

interface Call {
  readonly scope: (HTTPScope | WebSocketScope) & FrameworkScope
  readonly receive: Receive
  readonly send: Send
}

interface Steps {
  readonly varyBy: readonly string[]
  readonly identify: (head: ConnectionHead) => MaybeIdentity
  readonly enter: (identity: Identity | null, call: Call) => Promise<void>
  readonly refuse: (error: unknown, call: Call) => Promise<void>
}

async function answerError(
  error: unknown,
  { scope, receive, send }: Call,
  answer: NonNullable<AuthenticationOptions['onError']>,
): Promise<void> {
  if (!(error instanceof AuthenticationError)) throw error
  await toResponse(await answer(new ConnectionHead(scope), error)).respond(scope, receive, send)
}

/** Waits only for backends that make it wait. Errors of the app are none of the backends'. */
function guarded(app: ASGIApp, { varyBy, identify, enter, refuse }: Steps): ASGIApp {
  return (scope, receive, send) => {
    if (scope.type === 'lifespan') return app(scope, receive, send)
    const call: Call = { scope, receive, send: varyBy.length === 0 ? send : varyingSend(send, varyBy) }
    let identity: MaybeIdentity
    try {
      identity = identify(new ConnectionHead(scope))
    } catch (error) {
      return refuse(error, call)
    }
    if (!(identity instanceof Promise)) return enter(identity, call)
    return identity.then(
      (found) => enter(found, call),
      (error: unknown) => refuse(error, call),
    )
  }
}

function varyingSend(send: Send, names: readonly string[]): Send {
  return (message) => {
    if (message.type !== 'http.response.start' && message.type !== 'websocket.http.response.start') return send(message)
    const headers = MutableHeaders.from(message.headers ?? [])
    headers.addVary(...names)
    return send({ ...message, headers })
  }
}

function askInTurn(backends: readonly AuthenticationBackend[], head: ConnectionHead, from: number): MaybeIdentity {
  for (let index = from; index < backends.length; index++) {
    const found = backends[index]!.authenticate(head)
    if (found instanceof Promise) return found.then((identity) => identity ?? askInTurn(backends, head, index + 1))
    if (found !== null) return found
  }
  return null
}

function refusal({ message, challenge }: AuthenticationError, challenges: readonly string[]): PlainTextResponse {
  const response = new PlainTextResponse(message, { status: 401 })
  for (const value of challenge === null ? challenges : [challenge]) response.headers.append('www-authenticate', value)
  return response
}
