import { test } from 'tap'
import { LifespanRunner } from '../../../lib/servers/lifespan-runner.ts'
import type { LifespanMode } from '../../../lib/servers/lifespan-runner.ts'
import type { ASGIApp, Receive, Send } from '../../../lib/spec/app.ts'
import type { SendMessage } from '../../../lib/spec/messages.ts'
import type { LifespanScope } from '../../../lib/spec/scope.ts'

type LifespanApp = (scope: LifespanScope, receive: Receive, send: Send) => Promise<void>

/** A runner, and what it tells its operator. */
function run(
  app: LifespanApp,
  mode: LifespanMode = 'auto',
): { runner: LifespanRunner; info: string[]; log: unknown[][] } {
  const info: string[] = []
  const log: unknown[][] = []
  const note = (...args: unknown[]): void => void log.push(args)
  const runner = new LifespanRunner(app as ASGIApp, mode, { info: (text) => info.push(text), warn: note, error: note })
  return { runner, info, log }
}

const startupComplete: SendMessage = { type: 'lifespan.startup.complete' }
const shutdownComplete: SendMessage = { type: 'lifespan.shutdown.complete' }

/** An app that starts and stops in order, and notes what it received. */
function orderly(received: string[] = []): LifespanApp {
  return async (_scope, receive, send) => {
    received.push((await receive()).type)
    await send(startupComplete)
    received.push((await receive()).type)
    await send(shutdownComplete)
  }
}

const modes = ['auto', 'on'] as const
const boom = new Error('boom')

for (const mode of modes) {
  test(`LifespanRunner (${mode}): start-up and shutdown each wait for the app's answer`, async (t) => {
    const received: string[] = []
    const { runner, log } = run(orderly(received), mode)
    await runner.startup()
    t.strictSame(received, ['lifespan.startup'])
    await runner.shutdown()
    t.strictSame(received, ['lifespan.startup', 'lifespan.shutdown'])
    t.strictSame(log, [])
  })

  test(`LifespanRunner (${mode}): startup.failed stops the server with its message`, async (t) => {
    const { runner } = run(async (_scope, receive, send) => {
      await receive()
      await send({ type: 'lifespan.startup.failed', message: 'no database' })
    }, mode)
    await t.rejects(runner.startup(), {
      name: 'LifespanFailed',
      code: 'STELLINE_LIFESPAN_FAILED',
      phase: 'start-up',
      message: 'The app failed at start-up: no database',
    })
  })

  test(`LifespanRunner (${mode}): startup.failed counts, whatever the app throws afterwards`, async (t) => {
    const { runner } = run(async (_scope, _receive, send) => {
      await send({ type: 'lifespan.startup.failed', message: null })
      throw boom
    }, mode)
    await t.rejects(runner.startup(), { phase: 'start-up', message: 'The app failed at start-up' })
  })

  test(`LifespanRunner (${mode}): shutdown.failed is told with its message`, async (t) => {
    const { runner } = run(async (_scope, receive, send) => {
      await receive()
      await send(startupComplete)
      await receive()
      await send({ type: 'lifespan.shutdown.failed', message: 'still writing' })
    }, mode)
    await runner.startup()
    await t.rejects(runner.shutdown(), { phase: 'shutdown', message: 'The app failed at shutdown: still writing' })
  })

  test(`LifespanRunner (${mode}): shutdown.failed may have no message`, async (t) => {
    const { runner } = run(async (_scope, receive, send) => {
      await send(startupComplete)
      await receive()
      await receive()
      await send({ type: 'lifespan.shutdown.failed' })
    }, mode)
    await runner.startup()
    await t.rejects(runner.shutdown(), { message: 'The app failed at shutdown' })
  })

  test(`LifespanRunner (${mode}): an app that throws during shutdown has failed to stop`, async (t) => {
    const { runner } = run(async (_scope, receive, send) => {
      await receive()
      await send(startupComplete)
      await receive()
      throw boom
    }, mode)
    await runner.startup()
    await t.rejects(runner.shutdown(), {
      phase: 'shutdown',
      message: 'The app failed at shutdown: the app failed',
      cause: boom,
    })
  })

  test(`LifespanRunner (${mode}): an app that throws while it serves is logged, and not asked to stop`, async (t) => {
    const { runner, log } = run(async (_scope, receive, send) => {
      await receive()
      await send(startupComplete)
      throw boom
    }, mode)
    await runner.startup()
    await new Promise((resolve) => setImmediate(resolve))
    t.strictSame(log, [['The lifespan of the app failed while it served', boom]])
    await runner.shutdown()
  })

  test(`LifespanRunner (${mode}): an app that returns while it serves is not asked to stop`, async (t) => {
    const { runner, log } = run(async (_scope, _receive, send) => send(startupComplete), mode)
    await runner.startup()
    await new Promise((resolve) => setImmediate(resolve))
    await runner.shutdown()
    t.strictSame(log, [])
  })

  test(`LifespanRunner (${mode}): an app that returns when asked to stop has stopped`, async (t) => {
    const { runner } = run(async (_scope, receive, send) => {
      await receive()
      await send(startupComplete)
      await receive()
    }, mode)
    await runner.startup()
    await runner.shutdown()
    t.pass('resolved')
  })
}

/** Apps that do not know the lifespan. */
const strangers: ReadonlyArray<readonly [what: string, app: LifespanApp]> = [
  ['rejects', () => Promise.reject(boom)],
  [
    'throws at once',
    () => {
      throw boom
    },
  ],
  [
    'throws after it received the startup',
    async (_scope, receive) => {
      await receive()
      throw boom
    },
  ],
]
for (const [what, app] of strangers) {
  test(`LifespanRunner (auto): an app that ${what} has no lifespan`, async (t) => {
    const { runner, info, log } = run(app, 'auto')
    await runner.startup()
    await runner.shutdown()
    t.strictSame(info, ['The app has no lifespan: it failed on the lifespan scope'])
    t.strictSame(log, [])
  })

  test(`LifespanRunner (on): an app that ${what} has failed to start`, async (t) => {
    const { runner } = run(app, 'on')
    await t.rejects(runner.startup(), {
      name: 'LifespanFailed',
      phase: 'start-up',
      message: 'The app failed at start-up: the app failed',
      cause: boom,
    })
  })
}

test('LifespanRunner (auto): an app that returns without an answer has no lifespan', async (t) => {
  const { runner, info, log } = run(async () => {}, 'auto')
  await runner.startup()
  await runner.shutdown()
  t.strictSame([info, log], [[], []])
})

test('LifespanRunner (on): an app that returns without an answer has failed to start', async (t) => {
  const { runner } = run(async () => {}, 'on')
  await t.rejects(runner.startup(), {
    message: 'The app failed at start-up: the app returned without answering "lifespan.startup"',
  })
})

test('LifespanRunner (off): the app is never called', async (t) => {
  const { runner } = run(() => {
    t.fail('called')
    return Promise.resolve()
  }, 'off')
  await runner.startup()
  await runner.shutdown()
  t.pass('resolved')
})

test('LifespanRunner: the scope is that of the contract, and what the app puts into its state is kept', async (t) => {
  let seen: LifespanScope | null = null
  const { runner } = run(async (scope, _receive, send) => {
    seen = { ...scope }
    scope.state['database'] = 'open'
    await send(startupComplete)
  })
  await runner.startup()
  t.strictSame(Object.keys(seen!), ['type', 'asgi', 'state'])
  t.strictSame(seen!, { type: 'lifespan', asgi: { version: '3.0', spec_version: '2.0' }, state: { database: 'open' } })
  t.strictSame(runner.state, { database: 'open' })
})

test('LifespanRunner: an app may answer before it receives', async (t) => {
  const received: string[] = []
  const { runner } = run(async (_scope, receive, send) => {
    await send(startupComplete)
    received.push((await receive()).type, (await receive()).type)
    await send(shutdownComplete)
  })
  await runner.startup()
  await runner.shutdown()
  t.strictSame(received, ['lifespan.startup', 'lifespan.shutdown'])
})

test('LifespanRunner: shutdown() may be called again, and the app is asked once', async (t) => {
  const received: string[] = []
  const { runner } = run(orderly(received))
  await runner.startup()
  await Promise.all([runner.shutdown(), runner.shutdown()])
  await runner.shutdown()
  t.strictSame(received, ['lifespan.startup', 'lifespan.shutdown'])
})

/** Messages that no app may send in a state: the app gets the violation, and nothing else comes of them. */
const violations: ReadonlyArray<
  readonly [what: string, before: readonly SendMessage[], message: unknown, error: RegExp]
> = [
  [
    'a shutdown.complete before the start',
    [],
    shutdownComplete,
    /^Cannot send "lifespan.shutdown.complete": the state is "starting", expected "lifespan.startup.complete" or "lifespan.startup.failed"$/,
  ],
  ['a second startup.complete', [startupComplete], startupComplete, /the state is "started"/],
  [
    'a startup.failed after the start',
    [startupComplete],
    { type: 'lifespan.startup.failed' },
    /the state is "started"/,
  ],
  [
    'a shutdown.complete that nobody asked for',
    [startupComplete],
    shutdownComplete,
    /^Cannot send "lifespan.shutdown.complete": "lifespan.shutdown" has not been received$/,
  ],
  [
    'a shutdown.failed that nobody asked for',
    [startupComplete],
    { type: 'lifespan.shutdown.failed' },
    /"lifespan.shutdown" has not been received$/,
  ],
  ['a message of HTTP', [], { type: 'http.response.start', status: 200 }, /Cannot send "http.response.start"/],
  ['an unknown type', [], { type: 'constructor' }, /Cannot send "constructor"/],
  [
    'a message that is no text',
    [],
    { type: 'lifespan.startup.failed', message: 7 },
    /^Cannot send "lifespan.startup.failed": message is 7, expected a string$/,
  ],
]
for (const [what, before, message, expected] of violations) {
  test(`LifespanRunner: ${what} is refused, and the app may go on`, async (t) => {
    let refused: unknown = null
    const { runner } = run(async (_scope, receive, send) => {
      for (const earlier of before) await send(earlier)
      await send(message as SendMessage).catch((error: unknown) => {
        refused = error
      })
      if (before.length === 0) await send(startupComplete)
      await receive()
      await receive()
      await send(shutdownComplete)
    }, 'on')
    await runner.startup()
    await runner.shutdown()
    t.match(refused, { name: 'ProtocolViolation', side: 'application', message: expected })
  })
}

test('LifespanRunner: nothing can be sent after shutdown.complete', async (t) => {
  let refused: unknown = null
  const { runner } = run(async (_scope, receive, send) => {
    await receive()
    await send(startupComplete)
    await receive()
    await send(shutdownComplete)
    refused = await send(shutdownComplete).catch((error: unknown) => error)
  })
  await runner.startup()
  await runner.shutdown()
  await new Promise((resolve) => setImmediate(resolve))
  t.match(refused, { message: /the state is "stopped", expected no further message$/ })
})

test('LifespanRunner: nothing can be sent after startup.failed', async (t) => {
  let refused: unknown = null
  const { runner } = run(async (_scope, _receive, send) => {
    await send({ type: 'lifespan.startup.failed' })
    refused = await send(startupComplete).catch((error: unknown) => error)
  })
  await t.rejects(runner.startup(), { name: 'LifespanFailed' })
  await new Promise((resolve) => setImmediate(resolve))
  t.match(refused, { message: /the state is "failed", expected no further message$/ })
})

test('LifespanRunner: an app that fails after shutdown.complete is logged', async (t) => {
  const { runner, log } = run(async (_scope, receive, send) => {
    await receive()
    await send(startupComplete)
    await receive()
    await send(shutdownComplete)
    throw boom
  })
  await runner.startup()
  await runner.shutdown()
  await new Promise((resolve) => setImmediate(resolve))
  t.strictSame(log, [['The app failed after its shutdown', boom]])
})

/** Apps that tell of a failure and then throw it, as those of other frameworks do. */
const confessions: ReadonlyArray<readonly [phase: 'startup' | 'shutdown', app: LifespanApp]> = [
  [
    'startup',
    async (_scope, _receive, send) => {
      await send({ type: 'lifespan.startup.failed', message: 'no database' })
      throw boom
    },
  ],
  [
    'shutdown',
    async (_scope, receive, send) => {
      await send(startupComplete)
      await receive()
      await receive()
      await send({ type: 'lifespan.shutdown.failed', message: 'no database' })
      throw boom
    },
  ],
]
for (const [phase, app] of confessions) {
  test(`LifespanRunner: what an app throws after ${phase}.failed is not told a second time`, async (t) => {
    const { runner, log } = run(app)
    await t.rejects(
      runner.startup().then(() => runner.shutdown()),
      { name: 'LifespanFailed', message: /no database$/ },
    )
    await new Promise((resolve) => setImmediate(resolve))
    t.strictSame(log, [])
  })
}
