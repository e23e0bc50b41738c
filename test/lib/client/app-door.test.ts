import { test } from 'tap'
import { z } from 'zod'
import { createClient } from '../../../lib/client/create-client.ts'
import { contract } from '../../../lib/endpoint/contract/contract.ts'
import { Application } from '../../../routing/application.ts'

const contracts = {
  wait: contract('GET', '/wait', {}),
  numbers: contract('GET', '/numbers', { responses: { 200: { schema: z.number(), stream: 'json-lines' } } }),
  where: contract('GET', '/where', { responses: { 200: z.string() } }),
}

/** An app with an endpoint that waits until its client leaves. */
function waiting(): { app: Application; asked: Promise<void>; calls: () => number } {
  const app = new Application()
  let calls = 0
  let begin!: () => void
  const asked = new Promise<void>((resolve) => {
    begin = resolve
  })
  app.add(contracts.wait, async ({ request }) => {
    calls++
    begin()
    await new Promise((_, reject) => {
      request.signal.addEventListener('abort', () => reject(request.signal.reason as Error))
    })
  })
  app.add(contracts.numbers, async function* ({ request }) {
    yield 1
    await new Promise((resolve) => request.signal.addEventListener('abort', resolve))
  })
  app.add(contracts.where, ({ request }) => request.url.href)
  return { app, asked, calls: () => calls }
}

test('AppDoor: a call that is aborted rejects with the reason of its signal', async (t) => {
  const { app, asked } = waiting()
  const client = createClient(contracts, { app })
  const controller = new AbortController()
  const reason = new Error('enough')

  const answer = client.wait({ signal: controller.signal })
  await asked
  controller.abort(reason)

  await t.rejects(answer, reason)
  await app.fetch.close()
})

test('AppDoor: a signal that has aborted already keeps the endpoint from running', async (t) => {
  const { app, calls } = waiting()
  const client = createClient(contracts, { app })
  const reason = new Error('too late')

  await t.rejects(client.wait({ signal: AbortSignal.abort(reason) }), reason)

  t.equal(calls(), 0)
  await app.fetch.close()
})

test('AppDoor: a signal ends a stream that waits for its app with its reason', async (t) => {
  const { app } = waiting()
  const client = createClient(contracts, { app })
  const controller = new AbortController()
  const reason = new Error('enough')

  const numbers = (await client.numbers.ok({ signal: controller.signal }))[Symbol.asyncIterator]()
  t.strictSame(await numbers.next(), { done: false, value: 1 })
  const next = numbers.next()
  controller.abort(reason)

  await t.rejects(next, reason)
  await app.fetch.close()
})

test('AppDoor: an app that hears nothing of the signal does not keep the call waiting', async (t) => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const app = { fetch: () => new Promise<Response>(() => {}) }

  const answer = createClient(contracts, { app }).wait({ signal: controller.signal })
  setImmediate(() => controller.abort(reason))

  await t.rejects(answer, reason)
})

test('AppDoor: paths below a base URL, which may be a path itself', async (t) => {
  const { app } = waiting()
  const outer = new Application()
  outer.mount('/api', app)

  const urls = [
    await createClient(contracts, { app }).where.ok(),
    await createClient(contracts, { app: outer, baseUrl: '/api/' }).where.ok(),
    await createClient(contracts, { app: outer, baseUrl: 'https://shop.example/api' }).where.ok(),
  ]

  t.strictSame(urls, ['http://localhost/where', 'http://localhost/api/where', 'https://shop.example/api/where'])
  await Promise.all([app.fetch.close(), outer.fetch.close()])
})

test('AppDoor: a signal that does not abort changes nothing', async (t) => {
  const reason = new Error('cut')
  const answers = [
    new Response(null, { status: 204 }),
    new Response(
      new ReadableStream({
        pull(controller) {
          controller.error(reason)
        },
      }),
      { headers: { 'content-type': 'application/jsonl' } },
    ),
  ]
  const app = { fetch: () => Promise.resolve(answers.shift()!) }
  const client = createClient(contracts, { app })
  const { signal } = new AbortController()

  t.equal((await client.wait({ signal })).status, 204)
  const numbers = await client.numbers.ok({ signal })
  await t.rejects(numbers[Symbol.asyncIterator]().next(), reason)
})

test('AppDoor: an app that answers at once is called with a signal, too', async (t) => {
  const app = { fetch: () => new Response(null, { status: 204 }) }
  const { signal } = new AbortController()

  t.equal((await createClient(contracts, { app }).wait({ signal })).status, 204)
})

test('AppDoor: an answer that cannot be read is an error with a signal, too', async (t) => {
  const read = new Response('read')
  await read.text()
  const locked = new Response('locked')
  locked.body!.getReader()
  const { signal } = new AbortController()

  for (const answer of [read, locked, undefined as never]) {
    const app = { fetch: () => Promise.resolve<Response>(answer) }
    await t.rejects(createClient(contracts, { app }).wait({ signal }), { name: 'TypeError' })
  }
})

/** An app that hears nothing of signals, and what it learns of its body. */
function deaf(): { app: { fetch: () => Promise<Response> }; cancelled: Promise<unknown>; answer: () => void } {
  let told!: (reason: unknown) => void
  const cancelled = new Promise<unknown>((resolve) => {
    told = resolve
  })
  let answer!: () => void
  const asked = new Promise<void>((resolve) => {
    answer = resolve
  })
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode('1\n')),
    cancel: told,
  })
  const response = new Response(body, { headers: { 'content-type': 'application/jsonl' } })
  return { app: { fetch: () => asked.then(() => response) }, cancelled, answer }
}

test('AppDoor: a signal ends an answer whose app hears nothing of it', async (t) => {
  const { app, cancelled, answer } = deaf()
  const controller = new AbortController()
  const reason = new Error('enough')
  answer()

  const numbers = (await createClient(contracts, { app }).numbers.ok({ signal: controller.signal }))[
    Symbol.asyncIterator
  ]()
  t.strictSame(await numbers.next(), { done: false, value: 1 })
  const next = numbers.next()
  controller.abort(reason)

  await t.rejects(next, reason)
  t.equal(await cancelled, reason)
})

test('AppDoor: an answer that comes after its call was aborted is cancelled', async (t) => {
  const { app, cancelled, answer } = deaf()
  const controller = new AbortController()
  const reason = new Error('enough')

  const numbers = createClient(contracts, { app }).numbers.ok({ signal: controller.signal })
  setImmediate(() => controller.abort(reason))
  await t.rejects(numbers, reason)
  answer()

  t.equal(await cancelled, reason)
})

test('AppDoor: a loop over an answer that is left cancels its body', async (t) => {
  const { app, cancelled, answer } = deaf()
  const { signal } = new AbortController()
  answer()

  for await (const number of await createClient(contracts, { app }).numbers.ok({ signal })) {
    t.equal(number, 1)
    break
  }

  await t.resolves(cancelled)
})
