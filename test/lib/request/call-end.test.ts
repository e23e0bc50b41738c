import { test } from 'tap'
import { atCallEnd, endCall } from '../../../lib/request/call-end.ts'
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
  noting(scope, done, new Error('work'))
  await t.rejects(endCall(scope, Promise.reject(new Error('call'))), { message: 'call' })
  t.strictSame(done, ['work'])
})

test('endCall: throws what fails afterwards', async (t) => {
  const scope: EndingScope = {}
  noting(scope, [], new Error('work'))
  await t.rejects(endCall(scope, Promise.resolve()), { message: 'work' })
})
