import { test } from 'tap'
import { Waiter } from '../../../lib/servers/waiter.ts'
import { handled } from '../../../lib/spec/handled.ts'
import { settled } from '../../../lib/spec/app.ts'

test('Waiter: resolve() resolves its promise', async (t) => {
  const waiting = new Waiter()
  waiting.resolve()
  t.equal(await waiting.promise, undefined)
})

test('Waiter: reject() rejects its promise', async (t) => {
  const waiting = new Waiter()
  waiting.reject(new Error('gone'))
  await t.rejects(waiting.promise, { message: 'gone' })
})

/** Resolves with what the process says of promises that were rejected in front of nobody, after all turns are over. */
async function unhandledDuring(act: () => void): Promise<unknown[]> {
  const reasons: unknown[] = []
  const note = (reason: unknown): void => void reasons.push(reason)
  process.on('unhandledRejection', note)
  act()
  await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', note)
  return reasons
}

test('Waiter: a rejection that nobody waits for is no unhandled one', async (t) => {
  t.strictSame(await unhandledDuring(() => new Waiter().reject(new Error('gone'))), [])
})

test('handled: a rejection that nobody waits for is no unhandled one, and is still told', async (t) => {
  let promise: Promise<void> = settled
  const reasons = await unhandledDuring(() => {
    promise = handled(Promise.reject(new Error('gone')))
  })
  t.strictSame(reasons, [])
  await t.rejects(promise, { message: 'gone' })
})

test('handled: returns the very promise that it was given', async (t) => {
  const promise = Promise.resolve()
  t.equal(handled(promise), promise)
  t.equal(handled(settled), settled)
})
