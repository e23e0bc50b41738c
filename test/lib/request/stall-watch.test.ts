import { mock } from 'node:test'
import { test } from 'tap'
import { HTTPException } from '../../../lib/exceptions/http-exception.ts'
import { Request } from '../../../lib/request/request.ts'
import type { Receive } from '../../../lib/spec/app.ts'
import type { HTTPReceiveMessage } from '../../../lib/spec/messages.ts'
import { StallWatch } from '../../../lib/request/stall-watch.ts'
import type { Waiting } from '../../../lib/request/stall-watch.ts'
import { httpScope } from '../../support/messages.ts'
import { multipartBytes } from '../../support/multipart.ts'
import { refusal } from '../../support/refusal.ts'

mock.timers.enable({ apis: ['setTimeout'] })

/** Lets time go by in small steps, as it does. */
function advance(ms: number): void {
  for (let step = 0; step < ms; step += 100) mock.timers.tick(100)
}

/** Somebody who waits, and notes in a list that it was too long. */
function waiting(name: string, stalled: string[]): Waiting {
  return { watchIndex: -1, deadline: 0, stalled: () => void stalled.push(name) }
}

test('StallWatch: ends a wait that takes too long, once', async (t) => {
  const watch = new StallWatch(100)
  const stalled: string[] = []
  watch.add(waiting('a', stalled), 200)
  advance(200)
  t.strictSame(stalled, [])
  advance(200)
  t.strictSame(stalled, ['a'])
  advance(1000)
  t.strictSame(stalled, ['a'])
})

test('StallWatch: leaves a wait that is renewed or has ended', async (t) => {
  const watch = new StallWatch(100)
  const stalled: string[] = []
  const items = ['a', 'b', 'c', 'd'].map((name) => waiting(name, stalled))
  for (const item of items) watch.add(item, 200)
  advance(200)
  watch.renew(items[0]!, 200)
  watch.remove(items[1]!)
  watch.remove(items[1]!)
  advance(100)
  t.strictSame(stalled.toSorted(), ['c', 'd'])
  watch.remove(items[0]!)
  advance(1000)
  t.equal(stalled.length, 2)
})

test('StallWatch: begins again after it had nothing to watch', async (t) => {
  const watch = new StallWatch(100)
  const stalled: string[] = []
  const first = waiting('a', stalled)
  watch.add(first, 100)
  watch.remove(first)
  advance(1000)
  watch.add(waiting('b', stalled), 100)
  advance(200)
  t.strictSame(stalled, ['b'])
})

/** A client that sends some messages and then nothing. */
function stalling(...sent: HTTPReceiveMessage[]): Receive {
  const left = [...sent]
  return () => (left.length > 0 ? Promise.resolve(left.shift()!) : new Promise(() => {}))
}

function post(receive: Receive, contentType = 'application/json', changes = {}): Request {
  return new Request(httpScope({ method: 'POST', headers: [['content-type', contentType]], ...changes }), receive)
}

async function settledAfter(ms: number, work: Promise<unknown>): Promise<boolean> {
  let isSettled = false
  const settle = (): void => {
    isSettled = true
  }
  work.then(settle, settle)
  await new Promise(setImmediate)
  advance(ms)
  await new Promise(setImmediate)
  return isSettled
}

const piece: HTTPReceiveMessage = { type: 'http.request', body: Buffer.from('{'), more_body: true }
const form = 'multipart/form-data; boundary=b'
const formPiece: HTTPReceiveMessage = {
  type: 'http.request',
  body: multipartBytes('--b\nContent-Disposition: form-data; name=a\n\nx'),
  more_body: true,
}

const reads: readonly (readonly [what: string, read: () => Promise<unknown>])[] = [
  ['bytes() before the first piece', () => post(stalling()).bytes()],
  ['bytes() after a piece', () => post(stalling(piece)).bytes()],
  ['text()', () => post(stalling(piece)).text()],
  ['json()', () => post(stalling(piece)).json()],
  ['form() before the first piece', () => post(stalling(), form).form()],
  ['form() after a piece', () => post(stalling(formPiece), form).form()],
  ['form() of an urlencoded form', () => post(stalling(piece), 'application/x-www-form-urlencoded').form()],
  ['formStream()', () => post(stalling(), form).formStream().next()],
  ['stream() with a time', () => post(stalling()).stream({ bodyTimeoutMs: 60_000 }).next()],
]

for (const [what, read] of reads) {
  test(`Request: ${what} answers 408 to a client that pauses for more than 60 s`, async (t) => {
    const reading = read()
    t.notOk(await settledAfter(60_000, reading))
    t.ok(await settledAfter(1000, reading))
    await t.rejects(reading, refusal(408, 'The body did not arrive in time'))
    const error = await reading.catch((reason: unknown) => reason)
    t.equal(error instanceof HTTPException && error.headers?.get('connection'), 'close')
  })
}

test('Request: stream() waits for any time unless it is told otherwise', async (t) => {
  t.notOk(await settledAfter(1_000_000, post(stalling()).stream().next()))
  const limited = post(stalling(), undefined, { body_timeout_ms: 2000 }).stream().next()
  t.ok(
    await settledAfter(
      3000,
      limited.catch(() => {}),
    ),
  )
})

test('Request: bodyTimeoutMs of the call wins over that of the scope', async (t) => {
  t.ok(
    await settledAfter(
      3000,
      post(stalling(), undefined, { body_timeout_ms: 2000 })
        .bytes()
        .catch(() => {}),
    ),
  )
  const reading = post(stalling(), undefined, { body_timeout_ms: 2000 }).bytes({ bodyTimeoutMs: Infinity })
  t.notOk(await settledAfter(1_000_000, reading))
})

test('Request: a body that makes progress may take longer', async (t) => {
  const pieces: ((message: HTTPReceiveMessage) => void)[] = []
  const reading = post(() => new Promise((resolve) => pieces.push(resolve))).text()
  for (const body of ['a', 'b', 'c']) {
    t.notOk(await settledAfter(50_000, reading))
    pieces.shift()!({ type: 'http.request', body: Buffer.from(body), more_body: body !== 'c' })
  }
  t.equal(await reading, 'abc')
})

test('Request: a body that fails or goes on after it was given up changes nothing', async (t) => {
  let send!: (message: HTTPReceiveMessage) => void
  const reading = post(() => new Promise((resolve) => (send = resolve))).bytes()
  await settledAfter(
    61_000,
    reading.catch(() => {}),
  )
  send({ type: 'http.disconnect' })
  await t.rejects(reading, refusal(408))
  await new Promise(setImmediate)
})

for (const bodyTimeoutMs of [0, -1, NaN, '60s']) {
  test(`Request: refuses bodyTimeoutMs ${String(bodyTimeoutMs)}`, async (t) => {
    const message = /^Cannot read the body: bodyTimeoutMs is .+, expected milliseconds above 0$/
    t.throws(() => post(stalling()).bytes({ bodyTimeoutMs: bodyTimeoutMs as number }), { message })
  })
}
