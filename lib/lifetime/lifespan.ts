import { show } from '../spec/violations.ts'
import { failureOfStart } from './stop-all.ts'

/**
 * What an application does before its first connection and after its last one:
 *
 * - an async generator function that yields once: what stands before the `yield` starts up, what stands after it shuts
 *   down, and what it yields is the state;
 * - an async function that starts up and returns the state;
 * - an object with `startup` and `shutdown`.
 *
 * The properties of the state appear in `state` of every request and WebSocket.
 */
export type Lifespan<State = Record<string, unknown>, App = unknown> =
  | ((app: App) => AsyncGenerator<State, void, void> | Promise<State>)
  | LifespanHooks<State, App>

/** What to do before the first connection and after the last one, as two functions. */
export interface LifespanHooks<State = Record<string, unknown>, App = unknown> {
  /** Starts up and returns the state. */
  startup?(app: App): State | Promise<State>
  /** Shuts down. */
  shutdown?(app: App): unknown
}

/** A lifespan that has started. */
export interface RunningLifespan {
  /** What start-up yielded. */
  readonly state: object
  /** Shuts down. */
  stop(): Promise<void>
}

/**
 * Starts an application up.
 *
 * @throws What the start-up throws, and a TypeError for a generator that does not yield or for state that is no object.
 */
export async function startLifespan<App>(lifespan: Lifespan<unknown, App>, app: App): Promise<RunningLifespan> {
  const { state, stop } = await start(lifespan, app)
  try {
    return { state: stateOf(state), stop }
  } catch (error) {
    throw await failureOfStart(error, { stop })
  }
}

/** Checks a lifespan while the application is built. */
export function checkLifespan(lifespan: unknown): void {
  const isHooks = typeof lifespan === 'object' && lifespan !== null && ('startup' in lifespan || 'shutdown' in lifespan)
  if (typeof lifespan !== 'function' && !isHooks) {
    throw new TypeError(
      `Cannot use ${show(lifespan)} as a lifespan: expected an async generator function, an async function or an object with "startup" or "shutdown"`,
    )
  }
}

/** What has started, with a state that may be none. */
interface Started {
  readonly state: unknown
  readonly stop: () => Promise<void>
}

async function start<App>(lifespan: Lifespan<unknown, App>, app: App): Promise<Started> {
  if (typeof lifespan === 'object') {
    return { state: await lifespan.startup?.(app), stop: async () => void (await lifespan.shutdown?.(app)) }
  }
  const started = lifespan(app)
  return isGenerator(started) ? startGenerator(started) : { state: await started, stop: async () => {} }
}

async function startGenerator(generator: AsyncGenerator<unknown, void, void>): Promise<Started> {
  const first = await generator.next()
  if (first.done === true) {
    throw new TypeError('Cannot start the application: its lifespan returned without "yield"')
  }
  return { state: first.value, stop: () => finishGenerator(generator) }
}

async function finishGenerator(generator: AsyncGenerator<unknown, void, void>): Promise<void> {
  const second = await generator.next()
  if (second.done === true) return
  await generator.return()
  throw new TypeError('Cannot shut the application down: its lifespan yields more than once')
}

function isGenerator(value: object): value is AsyncGenerator<unknown, void, void> {
  return Symbol.asyncIterator in value
}

function stateOf(value: unknown): object {
  if (value === undefined || value === null) return {}
  if (typeof value === 'object') return value
  throw new TypeError(`Cannot start the application: the state of its lifespan is ${show(value)}, expected an object`)
}
