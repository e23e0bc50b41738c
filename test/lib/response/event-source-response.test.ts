import { getEventListeners } from 'node:events'
import { test } from 'tap'
import { EventSourceResponse } from '../../../lib/response/event-source-response.ts'
import type { EventSourceOptions, Events } from '../../../lib/response/event-source-response.ts'
import type { Clock } from '../../../lib/response/event-stream.ts'
import type { ServerSentEvent } from '../../../lib/http/server-sent-event.ts'
import { settled } from '../../../lib/spec/app.ts'
import type { Send } from '../../../lib/spec/app.ts'
import type { SendMessage } from '../../../lib/spec/messages.ts'
import type { HTTPScope } from '../../../lib/spec/scope.ts'
import { ClientDisconnected } from '../../../lib/spec/violations.ts'
import { httpScope, receiveNothing } from '../../support/messages.ts'

/** A clock whose timers go off when they are told to. */
class FakeClock implements Clock {
  readonly timers: Map<number, { callback: () => void; delayMs: number }> = new Map()
  #last = 0

  setTimeout(callback: () => void, delayMs: number): number {
    this.timers.set(++this.#last, { callback, delayMs })
    return this.#last
  }

  clearTimeout(timer: unknown): void {
    this.timers.delete(timer as number)
  }

  /** Lets the one timer go off. */
  ring(): void {
    const [timer, { callback }] = [...this.timers][0]!
    this.timers.delete(timer)
    callback()
  }
}

/** A source of events that are given by hand. */
class HandSource implements AsyncIterableIterator<ServerSentEvent | string> {
  isCancelled = false
  asked = 0
  #give: ((result: IteratorResult<ServerSentEvent | string>) => void) | null = null
  #fail: ((error: Error) => void) | null = null

  next(): Promise<IteratorResult<ServerSentEvent | string>> {
    this.asked++
    return new Promise((resolve, reject) => {
      this.#give = resolve
      this.#fail = reject
    })
  }

  async return(): Promise<IteratorResult<ServerSentEvent | string>> {
    this.isCancelled = true
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async give(value: ServerSentEvent | string): Promise<void> {
    this.#give!({ done: false, value })
    await turn()
  }

  async end(): Promise<void> {
    this.#give!({ done: true, value: undefined })
    await turn()
  }

  async fail(error: Error): Promise<void> {
    this.#fail!(error)
    await turn()
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

interface Sending {
  readonly done: Promise<void>
  readonly text: () => string
  readonly clock: FakeClock
  readonly shutDown: () => void
  readonly leave: () => void
  /** Lets the sends that wait go on. */
  readonly drain: () => void
}

/** A send that waits for a slow client. */
interface Waiting {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** Sends a response to a server that tells of disconnects and of its shutdown. */
function respond(events: Events, options: EventSourceOptions = {}, slow = false): Sending {
  const clock = new FakeClock()
  const shutdown = new AbortController()
  const disconnect = new AbortController()
  const sent: SendMessage[] = []
  let waiting: Waiting[] = []
  const send: Send = (message) => {
    if (disconnect.signal.aborted) return Promise.reject(new ClientDisconnected())
    sent.push(message)
    return slow ? new Promise((resolve, reject) => waiting.push({ resolve, reject })) : settled
  }
  const scope: HTTPScope = httpScope({
    extensions: {
      'server.shutdown.signal': { signal: shutdown.signal },
      'http.disconnect.signal': { signal: disconnect.signal },
    },
  })
  const done = new EventSourceResponse(events, { clock, ...options }).respond(scope, receiveNothing, send)
  return {
    done,
    clock,
    text: () =>
      sent.map((message) => (message.type === 'http.response.body' ? String(message.body ?? '') : '')).join(''),
    shutDown: () => shutdown.abort(),
    leave: () => {
      disconnect.abort()
      for (const { reject } of waiting) reject(new ClientDisconnected())
    },
    drain: () => {
      const [...ready] = waiting
      waiting = []
      for (const { resolve } of ready) resolve()
    },
  }
}

test('EventSourceResponse: has the fields of an event stream', async (t) => {
  t.strictSame(
    [...new EventSourceResponse([]).headers],
    [
      ['content-type', 'text/event-stream'],
      ['cache-control', 'no-cache'],
      ['x-accel-buffering', 'no'],
    ],
  )
})

test('EventSourceResponse: leaves fields that are given', async (t) => {
  const { headers } = new EventSourceResponse([], { headers: { 'cache-control': 'no-store' } })
  t.equal(headers.get('cache-control'), 'no-store')
})

test('EventSourceResponse: sends the events of an iterable', async (t) => {
  const sending = respond(['a', { id: '2', data: 'b' }])
  await sending.done
  t.equal(sending.text(), 'data: a\n\nid: 2\ndata: b\n\n')
  t.equal(sending.clock.timers.size, 0)
})

test('EventSourceResponse: over an array can be sent twice', async (t) => {
  const response = new EventSourceResponse(['a'])
  for (const time of ['first', 'second']) {
    const sent: SendMessage[] = []
    await response.respond(httpScope(), receiveNothing, async (message) => void sent.push(message))
    t.match(sent[1], { body: 'data: a\n\n' }, time)
  }
})

test('EventSourceResponse: sends events of an async iterable as they come', async (t) => {
  const source = new HandSource()
  const sending = respond(source)
  await turn()
  t.equal(sending.text(), '')
  await source.give('a')
  t.equal(sending.text(), 'data: a\n\n')
  await source.end()
  await sending.done
  t.equal(sending.text(), 'data: a\n\n')
})

test('EventSourceResponse: sends a ping after 15 s without an event, and again', async (t) => {
  const source = new HandSource()
  const sending = respond(source)
  await turn()
  t.strictSame(
    [...sending.clock.timers.values()].map(({ delayMs }) => delayMs),
    [15_000],
  )
  sending.clock.ring()
  await turn()
  sending.clock.ring()
  await turn()
  t.equal(sending.text(), ': ping\n\n: ping\n\n')
  t.equal(source.asked, 1)
  await source.give('a')
  t.equal(sending.text(), ': ping\n\n: ping\n\ndata: a\n\n')
  await source.end()
  await sending.done
  t.equal(sending.clock.timers.size, 0)
})

test('EventSourceResponse: an event that comes while a ping is sent is not lost', async (t) => {
  const source = new HandSource()
  const sending = respond(source, {}, true)
  sending.drain()
  await turn()
  sending.clock.ring()
  await turn()
  await source.give('a')
  t.equal(source.asked, 1)
  sending.drain()
  await turn()
  t.equal(sending.text(), ': ping\n\ndata: a\n\n')
  sending.leave()
  sending.drain()
  await sending.done
})

test('EventSourceResponse: asks a source for no more than the client takes', async (t) => {
  const source = new HandSource()
  const sending = respond(source, {}, true)
  sending.drain()
  await turn()
  await source.give('a')
  t.equal(source.asked, 1)
  sending.drain()
  await turn()
  t.equal(source.asked, 2)
  await source.end()
  sending.drain()
  await sending.done
})

test('EventSourceResponse: pingIntervalMs can be changed and switched off', async (t) => {
  const source = new HandSource()
  const often = respond(source, { pingIntervalMs: 10 })
  await turn()
  t.equal([...often.clock.timers.values()][0]?.delayMs, 10)
  often.leave()
  const never = respond(new HandSource(), { pingIntervalMs: Infinity })
  await turn()
  t.equal(never.clock.timers.size, 0)
  never.leave()
  await Promise.all([often.done, never.done])
})

for (const pingIntervalMs of [0, -1, NaN, '15s']) {
  test(`EventSourceResponse: refuses pingIntervalMs ${String(pingIntervalMs)}`, async (t) => {
    t.throws(() => new EventSourceResponse([], { pingIntervalMs: pingIntervalMs as number }), TypeError)
  })
}

test('EventSourceResponse: refuses what is no source', async (t) => {
  t.throws(() => new EventSourceResponse('abc'), TypeError)
  t.throws(() => new EventSourceResponse({ data: 'a' } as unknown as string[]), TypeError)
})

test('EventSourceResponse: ends when the client leaves, and cancels its source', async (t) => {
  const source = new HandSource()
  const sending = respond(source)
  await turn()
  sending.leave()
  await sending.done
  t.ok(source.isCancelled)
  t.equal(sending.clock.timers.size, 0)
})

test('EventSourceResponse: ends completely when the server shuts down, and cancels its source', async (t) => {
  const source = new HandSource()
  const sending = respond(source)
  await turn()
  await source.give('a')
  sending.shutDown()
  await sending.done
  t.ok(source.isCancelled)
  t.equal(sending.clock.timers.size, 0)
})

test('EventSourceResponse: ends when the server shuts down while an event is being sent', async (t) => {
  const source = new HandSource()
  const sending = respond(source, {}, true)
  sending.drain()
  await turn()
  await source.give('a')
  sending.shutDown()
  for (let count = 0; count < 4; count++) {
    sending.drain()
    await turn()
  }
  await sending.done
  t.equal(sending.text(), 'data: a\n\n')
  t.ok(source.isCancelled)
})

test('EventSourceResponse: ends at once on a server that shuts down already', async (t) => {
  const source = new HandSource()
  const signal = AbortSignal.abort()
  const scope = httpScope({ extensions: { 'server.shutdown.signal': { signal } } })
  await new EventSourceResponse(source).respond(scope, receiveNothing, () => settled)
  t.ok(source.isCancelled)
})

test('EventSourceResponse: a source that fails to be cancelled keeps no shutdown waiting', async (t) => {
  const source = new HandSource()
  source.return = () => Promise.reject(new Error('stuck'))
  const sending = respond(source)
  await turn()
  sending.shutDown()
  await t.resolves(sending.done)
})

test('EventSourceResponse: fails with its source', async (t) => {
  const source = new HandSource()
  const sending = respond(source)
  const failed = t.rejects(sending.done, { message: 'lost' })
  await turn()
  await source.fail(new Error('lost'))
  await failed
})

test('EventSourceResponse: fails with an event that cannot be sent, and cancels its source', async (t) => {
  const source = new HandSource()
  const sending = respond(source)
  const failed = t.rejects(sending.done, { message: /^Cannot send an event: id is / })
  await turn()
  await source.give({ id: 'a\nb' })
  await failed
  t.ok(source.isCancelled)
})

test('EventSourceResponse: a failure that nobody waits for ends no process', async (t) => {
  const source = new HandSource()
  const sending = respond(source, {}, true)
  sending.drain()
  await turn()
  sending.clock.ring()
  await turn()
  await source.fail(new Error('lost'))
  sending.leave()
  sending.drain()
  await t.resolves(sending.done)
})

test('EventSourceResponse: uses the timers of the platform unless it is given others', async (t) => {
  const source = new HandSource()
  const bodies: unknown[] = []
  const send: Send = async (message) => {
    if (message.type !== 'http.response.body') return
    bodies.push(message.body)
    if (message.body !== '') await source.end()
  }
  await new EventSourceResponse(source, { pingIntervalMs: 1 }).respond(httpScope(), receiveNothing, send)
  t.ok(bodies.includes(': ping\n\n'))
})

test('EventSourceResponse: asks nothing of its source for HEAD', async (t) => {
  const source = new HandSource()
  await new EventSourceResponse(source).respond(httpScope({ method: 'HEAD' }), receiveNothing, () => settled)
  t.strictSame([source.asked, source.isCancelled], [0, true])
})

test('EventSourceResponse: listens to the shutdown of its server as long as it runs only', async (t) => {
  const { signal } = new AbortController()
  const scope = httpScope({ extensions: { 'server.shutdown.signal': { signal } } })
  const listening: number[] = []
  const send: Send = async () => void listening.push(getEventListeners(signal, 'abort').length)
  await new EventSourceResponse(['a', 'b']).respond(scope, receiveNothing, send)
  t.ok(listening.includes(1))
  t.equal(getEventListeners(signal, 'abort').length, 0)
})
