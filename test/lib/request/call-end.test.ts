import { test } from 'tap'
import { atCallEnd, endCall, goesOn } from '../../../lib/request/call-end.ts'
import type { EndingScope } from '../../../lib/request/call-end.ts'

function noting(scope: EndingScope, done: string[], failure?: Error): void {
  atCallEnd(scope, async () => {
    done.push('work')
    if (failure !== undefined) throw failure
  })
}

test('endCall: does what was noted, once, when the call has ended', async (t) => {
  const scope: EndingScope = {}
  const done: string[] = []
  noting(scope, done)
  noting(scope, done)
  const call = Promise.resolve().then(() => void done.push('call'))
  await endCall(scope, call)
  await endCall(scope, Promise.resolve())
  t.strictSame(done, ['call', 'work', 'work'])
})

test('endCall: does what is noted while the call runs', async (t) => {
  const scope: EndingScope = {}
  const done: string[] = []
  await endCall(
    scope,
    Promise.resolve().then(() => noting(scope, done)),
  )
  t.strictSame(done, ['work'])
})

test('endCall: does it also when the call fails, and throws the failure of the call', async (t) => {
  const scope: EndingScope = {}
  const done: string[] = []
  const failure = new Error('call')
  noting(scope, done)
  noting(scope, done, failure)
  await t.rejects(endCall(scope, Promise.reject(failure)), failure)
  t.strictSame(done, ['work', 'work'])
})

test('endCall: what fails after a failure of the call tells of that', async (t) => {
  const scope: EndingScope = {}
  noting(scope, [], new Error('one'))
  noting(scope, [], new Error('two'))
  const last: unknown = await endCall(scope, Promise.reject(new Error('call'))).catch((error: unknown) => error)
  t.match(last, { message: 'two', cause: { message: 'one', cause: { message: 'call' } } })
})

test('endCall: throws what fails afterwards', async (t) => {
  const scope: EndingScope = {}
  noting(scope, [], new Error('work'))
  await t.rejects(endCall(scope, Promise.resolve()), { message: 'work' })
})

for (const outcome of ['good', 'failure'] as const) {
  test(`endCall: what was noted waits for all that goes on after the call (${outcome})`, async (t) => {
    const scope: EndingScope = {}
    const done: string[] = []
    noting(scope, done)
    for (const name of ['first', 'second']) {
      goesOn(
        scope,
        new Promise((resolve) => setImmediate(resolve)).then(() => void done.push(name)),
      )
    }

    const ended = endCall(scope, outcome === 'good' ? Promise.resolve() : Promise.reject(new Error('call')))
    await ended.catch((error: Error) => void done.push(error.message))

    t.strictSame(done, ['first', 'second', 'work', ...(outcome === 'good' ? [] : ['call'])])
  })
}

test('endCall: what goes on without an end is waited for so long and no longer', async (t) => {
  const scope: EndingScope = {}
  const done: string[] = []
  noting(scope, done)
  goesOn(scope, new Promise(() => {}))

  await endCall(scope, Promise.resolve(), 10)

  t.strictSame(done, ['work'])
})

test('endCall: where nothing is to be done, nothing that goes on is waited for', async (t) => {
  const scope: EndingScope = {}
  goesOn(scope, new Promise(() => {}))

  await t.resolves(endCall(scope, Promise.resolve()))
})
