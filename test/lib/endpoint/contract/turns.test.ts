import { test } from 'tap'
import { Turns } from '../../../../lib/endpoint/contract/turns.ts'

/** Promises that a test settles, by their names. */
function later(): { promise: Promise<string>; resolve: (text: string) => void; reject: (error: Error) => void } {
  let resolve!: (text: string) => void
  let reject!: (error: Error) => void
  const promise = new Promise<string>((...ways) => {
    ;[resolve, reject] = ways
  })
  return { promise, resolve, reject }
}

test('Turns: who is ready waits for those that were asked before', async (t) => {
  const turns = new Turns()
  const order: string[] = []
  const run = (name: string): number => order.push(name)
  const first = later()
  const second = later()

  const all = [turns.take(first.promise, run), turns.take(second.promise, run), turns.take('third', run)]
  t.equal(turns.isFree, false)
  second.resolve('second')
  await second.promise
  first.resolve('first')

  t.strictSame(await Promise.all(all), [1, 2, 3])
  t.strictSame(order, ['first', 'second', 'third'])
  t.equal(turns.isFree, true)
})

test('Turns: what fails keeps nobody from running, and lets nobody overtake', async (t) => {
  const turns = new Turns()
  const order: string[] = []
  const run = (name: string): number => order.push(name)
  const first = later()
  const second = later()

  const ready = turns.take(first.promise, run)
  const failing = turns.take(second.promise, run)
  const throwing = turns.take('third', () => {
    throw new RangeError('run')
  })
  const last = turns.take('last', run)
  second.reject(new TypeError('value'))
  setImmediate(() => first.resolve('first'))

  await t.rejects(failing, { name: 'TypeError', message: 'value' })
  await t.rejects(throwing, { name: 'RangeError', message: 'run' })
  await Promise.all([ready, last])
  t.strictSame(order, ['first', 'last'])
})

test('Turns: the next one begins before what the last one has begun is done', async (t) => {
  const turns = new Turns()
  const first = later()

  const slow = turns.take('first', () => first.promise)
  t.equal(await turns.take('second', (name) => name), 'second')
  first.resolve('done')

  t.equal(await slow, 'done')
})
