import type { Receive, Send } from '../spec/app.ts'
import type { LifespanScope } from '../spec/scope.ts'
import type { RunningLifespan } from './lifespan.ts'
import { failureOfStart } from './stop-all.ts'

/**
 * Speaks the app's side of the lifespan protocol: starts up, puts the state on the scope, waits, and shuts down.
 *
 * @throws What start-up or shutdown throws, after it was reported to the server.
 * @see https://asgi.readthedocs.io/en/latest/specs/lifespan.html
 */
export async function runLifespan(
  start: () => Promise<RunningLifespan>,
  scope: LifespanScope,
  { receive, send }: { receive: Receive; send: Send },
): Promise<void> {
  await receive()
  let running: RunningLifespan
  try {
    running = await startWithState(start, scope)
  } catch (error) {
    await send({ type: 'lifespan.startup.failed', message: describe(error) })
    throw error
  }
  await send({ type: 'lifespan.startup.complete' })
  await receive()
  try {
    await running.stop()
  } catch (error) {
    await send({ type: 'lifespan.shutdown.failed', message: describe(error) })
    throw error
  }
  await send({ type: 'lifespan.shutdown.complete' })
}

async function startWithState(start: () => Promise<RunningLifespan>, scope: LifespanScope): Promise<RunningLifespan> {
  const running = await start()
  try {
    addState(scope, running.state)
    return running
  } catch (error) {
    throw await failureOfStart(error, running)
  }
}

function addState(scope: LifespanScope, state: object): void {
  if (Reflect.ownKeys(state).length === 0) return
  if (typeof scope.state !== 'object' || scope.state === null) {
    throw new TypeError('Cannot start the application: its lifespan has state, but the server offers no place for it')
  }
  Object.assign(scope.state, state)
}

function describe(error: unknown): string {
  if (error instanceof AggregateError) return [error.message, ...error.errors.map(describe)].join('\n')
  return error instanceof Error ? (error.stack ?? String(error)) : String(error)
}
