import { endCall } from '../../request/call-end.ts'
import { Request } from '../../request/request.ts'
import { WebSocket } from '../../request/websocket.ts'
import type { ASGIApp, Receive, Send } from '../../spec/app.ts'
import type { HTTPScope, WebSocketScope } from '../../spec/scope.ts'
import { show } from '../../spec/violations.ts'
import { withAnswerFields } from './answer-fields.ts'
import { bodyReaderIn } from './body-needs.ts'
import { ConnectionCall } from './connection-call.ts'
import { Dependency } from './dependency.ts'
import type { DependencyPlan } from './dependency-plan.ts'
import { OpenDependencies } from './open-dependencies.ts'
import { OverridablePlan } from './overridable-plan.ts'
import { runPlan } from './run-plan.ts'

/** An app's call for a connection. */
interface Call {
  readonly scope: HTTPScope | WebSocketScope
  readonly receive: Receive
  readonly send: Send
}

/**
 * Makes dependencies before an app is called, whatever kind of app it is. Endpoints with contracts further in find the
 * values made; what has to be finished is finished when the answer was sent.
 *
 * The request that they get is not the one of the endpoint: a body that they read would be gone. The fields that they want for
 * the answer go into whatever answer comes from further in, unless that is an error that was thrown.
 */
export class DependencyLayer {
  readonly #plan: OverridablePlan

  /**
   * @throws TypeError for what is no dependency, for circles, for what ends before a response that is made further in, and for
   * what reads the body.
   */
  constructor(dependencies: readonly Dependency[]) {
    if (!Array.isArray(dependencies)) {
      throw new TypeError(`Cannot add dependencies ${show(dependencies)} to a router: expected a list; they only run`)
    }
    this.#plan = new OverridablePlan(
      dependencies.map((dependency) => ({ name: null, dependency: checked(dependency) })),
      { check: checkPlan },
    )
  }

  /** Calls an app once the dependencies are there. */
  enter(app: ASGIApp, call: Call): Promise<void> {
    const open = OpenDependencies.of(call.scope)
    return endCall(call.scope, this.#run(app, call, open))
  }

  async #run(app: ASGIApp, { scope, receive, send }: Call, open: OpenDependencies): Promise<void> {
    const connection = scope.type === 'http' ? new Request(scope, receive, send) : new WebSocket(scope, receive, send)
    const call = new ConnectionCall(connection)
    try {
      await runPlan(this.#plan.for(connection), call, {})
      call.check()
      await app(scope, receive, sendOf(call, send, open))
    } catch (error) {
      throw await open.fail(error)
    }
  }
}

/** Returns the `send` for what is further in; it adds the fields that are wanted, if any are. */
function sendOf(call: ConnectionCall, send: Send, open: OpenDependencies): Send {
  const { draft } = call
  if (draft === null) {
    call.seal()
    return send
  }
  open.draft = draft
  return withAnswerFields(send, () => (open.hasFailed ? null : draft.headers))
}

function checkPlan(plan: DependencyPlan): void {
  const reading = bodyReaderIn(plan)
  if (reading !== null) {
    throw new TypeError(
      `Cannot add the dependency ${show(reading.name)} to a router: it reads the body, which the endpoint would not get; expected it in a contract`,
    )
  }
  const early = plan.steps.find(({ cleanup }) => cleanup === 'before-response')
  if (early === undefined) return
  throw new TypeError(
    `Cannot add the dependency ${show(early.dependency.name)} to a router: it ends before the response, which is made further in; expected the cleanup "after-response"`,
  )
}

function checked(dependency: unknown): Dependency {
  if (dependency instanceof Dependency) return dependency
  throw new TypeError(`Cannot add the dependency ${show(dependency)} to a router: expected what depends() returns`)
}
