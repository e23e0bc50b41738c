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
  const varyBy = backends.flatMap(({ varyBy: name }) => (name === undefined ? [] : [name]))
  const unknown: AuthInfo = { authenticated: false, scopes: new Set(), challenges }
  const steps: Steps = {
    note(scope, identity) {
      scope.user = identity?.user ?? null
      scope.auth = identity === null ? unknown : { authenticated: true, scopes: new Set(identity.scopes), challenges }
    },
    answer: onError ?? ((_connection, error) => refusal(error, challenges)),
  }
  return named('authentication', (app) => (scope, receive, inner) => {
    if (scope.type === 'lifespan') return app(scope, receive, inner)
    const send = varyBy.length === 0 ? inner : varyingSend(inner, varyBy)
    let identity: MaybeIdentity
    try {
      identity = askInTurn(backends, new ConnectionHead(scope), 0)
    } catch (error) {
      return answerError(error, { scope, receive, send }, steps)
    }
    if (identity instanceof Promise) return identified(app, identity, { call: { scope, receive, send }, steps })
    steps.note(scope, identity)
    return app(scope, receive, send)
  })
}

interface Call {
  readonly scope: (HTTPScope | WebSocketScope) & FrameworkScope
  readonly receive: Receive
  readonly send: Send
}

interface Steps {
  /** Writes onto the scope who makes the request. */
  readonly note: (scope: Call['scope'], identity: Identity | null) => void
  /** Answers credentials that do not hold. */
  readonly answer: NonNullable<AuthenticationOptions['onError']>
}

/** Waits for the backends. Errors of the app are none of theirs. */
function identified(app: ASGIApp, identity: Promise<Identity | null>, { call, steps }: Identifying): Promise<void> {
  const { scope, receive, send } = call
  return identity.then(
    (found) => {
      steps.note(scope, found)
      return app(scope, receive, send)
    },
    (error: unknown) => answerError(error, call, steps),
  )
}

interface Identifying {
  readonly call: Call
  readonly steps: Steps
}

async function answerError(error: unknown, { scope, receive, send }: Call, { answer }: Steps): Promise<void> {
  if (!(error instanceof AuthenticationError)) throw error
  await toResponse(await answer(new ConnectionHead(scope), error)).respond(scope, receive, send)
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
    if (found instanceof Promise) return found.then(orNext(backends, head, index + 1))
    if (found !== null) return found
  }
  return null
}

/** Asks the backends that are left, when those before know nobody. */
function orNext(
  backends: readonly AuthenticationBackend[],
  head: ConnectionHead,
  next: number,
): (identity: Identity | null) => MaybeIdentity {
  return (identity) => identity ?? askInTurn(backends, head, next)
}

function refusal({ message, challenge }: AuthenticationError, challenges: readonly string[]): PlainTextResponse {
  const response = new PlainTextResponse(message, { status: 401 })
  for (const value of challenge === null ? challenges : [challenge]) response.headers.append('www-authenticate', value)
  return response
}
