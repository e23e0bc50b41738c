import type { ASGIApp, Receive, Send } from '../spec/app.ts'
import { checkMessageValues } from '../spec/message-values.ts'
import type { LifespanSendMessage } from '../spec/messages.ts'
import type { LifespanScope } from '../spec/scope.ts'
import { lifespanSend, nextState } from '../spec/transitions.ts'
import { ProtocolViolation } from '../spec/violations.ts'
import type { RunningLifespan } from './lifespan.ts'
import { failureOfStart, stopAll } from './stop-all.ts'

const asgi = Object.freeze({ version: '3.0', spec_version: '2.0' })

/** An app within another one. */
export interface MountedApp {
  readonly app: ASGIApp
  /** Where the state of the app lies within the state of the app around it, until a connection enters it. */
  readonly key: symbol
}

/**
 * Starts up the apps that another one has mounted, one after the other, each as a server would. An app that does not know
 * lifespans, which it shows by throwing or returning before it has answered, is left alone. One that is mounted several
 * times starts once. They are stopped in the opposite order, also those that had started when a later one fails.
 *
 * @throws What an app throws after it has reported a failure, or an Error with the message of its report.
 */
export async function startMounted(mounted: readonly MountedApp[]): Promise<RunningLifespan> {
  const running = new Map<ASGIApp, RunningLifespan>()
  const state: Record<symbol, object> = {}
  const stop = (): Promise<void> => stopAll([...running.values()].toReversed())
  try {
    for (const { app, key } of mounted) {
      if (!running.has(app)) running.set(app, await startOne(app))
      state[key] = running.get(app)!.state
    }
  } catch (error) {
    throw await failureOfStart(error, { stop })
  }
  return { state, stop }
}

async function startOne(app: ASGIApp): Promise<RunningLifespan> {
  const scope: LifespanScope = { type: 'lifespan', asgi, state: {} }
  const session = new MountedSession()
  // An async call turns what the app throws at once into a rejection.
  const call = (async () => app(scope, session.receive, session.send))()
  await Promise.race([session.startupAnswered, call.catch(() => {})])
  if (session.state === lifespanSend.initial) return { state: scope.state, stop: async () => {} }
  if (session.failed) await session.ended(call)
  return {
    state: scope.state,
    stop: () => {
      session.shutDown()
      return session.ended(call)
    },
  }
}

/** The server's side of one lifespan. */
class MountedSession {
  state: string = lifespanSend.initial
  readonly startupAnswered: Promise<void>
  shutDown: () => void = () => {}
  #answerStartup: () => void = () => {}
  readonly #shutdown: Promise<void>
  #startupReceived = false
  #failure: Error | null = null

  constructor() {
    this.startupAnswered = new Promise((resolve) => (this.#answerStartup = resolve))
    this.#shutdown = new Promise((resolve) => (this.shutDown = resolve))
  }

  get failed(): boolean {
    return this.#failure !== null
  }

  readonly receive: Receive = async () => {
    if (!this.#startupReceived) {
      this.#startupReceived = true
      return { type: 'lifespan.startup' }
    }
    // An app that asks on without an answer does not know what it was told; it would wait for ever.
    if (this.state === lifespanSend.initial) {
      throw new ProtocolViolation('application', 'Cannot receive: "lifespan.startup" has not been answered')
    }
    await this.#shutdown
    return { type: 'lifespan.shutdown' }
  }

  readonly send: Send = async (message) => {
    const next = nextState(lifespanSend, 'send', this.state, message.type)
    checkMessageValues('send', message)
    this.state = next
    const { type, message: reason } = message as LifespanSendMessage & { message?: string | null }
    if (type.endsWith('.failed')) this.#failure = new Error(reason ?? 'A mounted application failed')
    this.#answerStartup()
  }

  /** Waits for the end of the app and throws what went wrong: better the app's own error than its report. */
  async ended(call: Promise<void>): Promise<void> {
    await call
    if (this.#failure !== null) throw this.#failure
  }
}
