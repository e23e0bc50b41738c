import { test } from 'tap'
import { z } from 'zod'
import type { ContractShape } from '../../../../lib/endpoint/contract/contract.ts'
import type { ContractInput } from '../../../../lib/endpoint/contract/contract-function.ts'
import { streamEvent } from '../../../../lib/endpoint/contract/stream-event.ts'
import { depends } from '../../../../lib/endpoint/dependencies/depends.ts'
import type { Cleanup, Dependency } from '../../../../lib/endpoint/dependencies/dependency.ts'
import { HTTPException } from '../../../../lib/exceptions/http-exception.ts'
import { serve } from '../../../../lib/servers/node/serve.ts'
import { lint } from '../../../../lib/testing/conformance/lint.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'

const Item = z.object({ name: z.string() })
const lines = { responses: { 200: { schema: Item, stream: 'json-lines' } } } as const
const events = { responses: { 200: { schema: Item, stream: 'events' } } } as const

type Source = () => AsyncGenerator<unknown, void, undefined> | Generator<unknown, void, undefined>

function appWith(shape: ContractShape, source: Source): Application {
  return new Application().get('/', shape, source as never)
}

function noting(name: string, notes: string[], cleanup: Cleanup = 'after-response'): Dependency<string> {
  return depends(
    async function* () {
      notes.push(`${name} begins`)
      try {
        yield name
        notes.push(`${name} ends`)
      } catch (error) {
        notes.push(`${name} sees ${(error as Error).message}`)
        throw error
      }
    },
    { cleanup },
  )
}

/** Both formats: what has arrived of a good item when a bad one follows. */
const formats: readonly (readonly [what: string, shape: ContractShape, first: string])[] = [
  ['JSON lines', lines, '{"name":"tea"}\n'],
  ['events', events, 'data: {"name":"tea"}\n\n'],
]

for (const [what, shape, first] of formats) {
  test(`streams: of ${what}, a wrong item cuts the answer over a socket, and the log alone names the field`, async (t) => {
    const errors: unknown[] = []
    const log = { info() {}, warn() {}, error: (_message: string, error?: unknown) => void errors.push(error) }
    const app = appWith(shape, async function* () {
      yield { name: 'tea', secret: 1 }
      yield { name: 42, password: 'hidden' }
      yield { name: 'never' }
    })
    await using server = await serve(lint(app), { port: 0, log })

    const response = await fetch(server.url)
    let seen = ''
    const cut: unknown = await (async () => {
      for await (const chunk of response.body!) seen += Buffer.from(chunk as Uint8Array).toString()
    })().catch((error: unknown) => error)

    t.equal(response.status, 200)
    t.equal(seen, first)
    t.type(cut, Error)
    t.match(errors, [
      {
        code: 'STELLINE_RESPONSE_VALIDATION',
        message: /^Cannot send an item of the stream: it does not fulfil the contract: name: /,
      },
    ])
    t.notMatch((errors[0] as Error).message, /hidden|42/)
  })

  test(`streams: of ${what}, a first item that is wrong is a 500 over a socket`, async (t) => {
    const app = appWith(shape, async function* () {
      yield { name: 42 }
    })
    await using server = await serve(lint(app), { port: 0, log: { info() {}, warn() {}, error() {} } })
    const response = await fetch(server.url)
    t.equal(response.status, 500)
    t.notMatch(await response.text(), /name|42/)
  })

  test(`streams: of ${what}, a client that leaves ends the generator and what it depends on`, async (t) => {
    const notes: string[] = []
    const app = new Application()
    const ended = new Promise<void>((resolve) => {
      app.get('/', { ...shape, dependencies: [noting('one', notes)] }, async function* ({
        request,
      }: ContractInput<object>) {
        try {
          yield { name: 'tea' }
          await new Promise((left) => {
            request.signal.addEventListener('abort', left)
          })
          yield { name: 'unheard' }
          notes.push('went on')
        } finally {
          notes.push('generator ends')
          resolve()
        }
      } as never)
    })
    const client = await TestClient.open(app)
    for await (const chunk of await client.get('/')) {
      t.equal(Buffer.from(chunk).toString(), first)
      break
    }
    await ended
    await client.close()
    t.strictSame(notes.toSorted(), ['generator ends', 'one begins', 'one ends'])
  })
}

test('streams: what ends after the response ends behind the last item, what ends before it before the first', async (t) => {
  const notes: string[] = []
  const app = new Application()
  const dependencies = [noting('late', notes), noting('early', notes, 'before-response')]
  app.get('/', { ...lines, dependencies }, async function* () {
    for (const name of ['tea', 'milk']) {
      notes.push(name)
      yield { name }
    }
  })
  await using client = await TestClient.open(app)
  t.equal(await (await client.get('/')).text(), '{"name":"tea"}\n{"name":"milk"}\n')
  t.strictSame(notes, ['late begins', 'early begins', 'early ends', 'tea', 'milk', 'late ends'])
})

test('streams: a wrong item is thrown into the dependencies', async (t) => {
  const notes: string[] = []
  const app = new Application()
  app.get('/', { ...lines, dependencies: [noting('one', notes)] }, async function* () {
    yield { name: 'tea' }
    yield { name: 1 } as never
  })
  await using client = await TestClient.open(app, { raiseServerErrors: false })
  await t.rejects(
    client.get('/').then((response) => response.text()),
    { code: 'STELLINE_RESPONSE_CUT' },
  )
  t.match(notes, ['one begins', /^one sees Cannot send an item of the stream/])
})

test('streams: status and fields of the draft are those of the stream', async (t) => {
  const app = new Application()
  app.post('/', { responses: { 202: { schema: Item, stream: 'json-lines' } } }, function* ({ response }) {
    response.headers.set('x-too-late', 'the head is made before the first item')
    yield { name: 'tea' }
  })
  app.put('/', { responses: { 200: { schema: Item, stream: 'json-lines' } } }, ({ response }) => {
    response.status = 203
    response.headers.set('x-one', 'draft')
    return [{ name: 'tea' }]
  })
  await using client = await TestClient.open(app)
  t.match(await client.post('/'), { status: 202 })
  const put = await client.put('/')
  t.equal(put.status, 203)
  t.equal(put.headers.get('x-one'), 'draft')
})

test('streams: an endpoint may refuse before its first item, whether it yields or returns a generator', async (t) => {
  async function* list(): AsyncGenerator<{ name: string }, void, undefined> {
    yield { name: 'tea' }
  }
  const app = new Application()
  app.get('/yielding', lines, async function* () {
    if (list.length === 0) throw new HTTPException(404)
    yield { name: 'tea' }
  })
  app.get('/returning', { ...lines, query: z.object({ there: z.boolean() }) }, async ({ query }) => {
    if (!query.there) throw new HTTPException(404)
    return Promise.resolve(list())
  })
  await using client = await TestClient.open(app)
  t.equal((await client.get('/yielding')).status, 404)
  t.equal((await client.get('/returning?there=no')).status, 404)
  t.equal(await (await client.get('/returning?there=yes')).text(), '{"name":"tea"}\n')
})

test('streams: schemas of items may take their time, and change them', async (t) => {
  const slow = z.string().transform(async (text) => Promise.resolve(text.toUpperCase()))
  const app = appWith({ responses: { 200: { schema: slow, stream: 'json-lines' } } }, function* () {
    yield 'tea'
    yield 'milk'
  })
  await using client = await TestClient.open(app)
  t.equal(await (await client.get('/')).text(), '"TEA"\n"MILK"\n')
})

test('streams: events keep caches and buffers away, answer any method, and know where a browser was', async (t) => {
  const app = new Application()
  app.post(
    '/',
    { ...events, headers: z.object({ lastEventId: z.number().default(0) }) },
    async function* ({ headers: { lastEventId } }) {
      yield streamEvent({ name: 'tea' }, { id: String(lastEventId + 1) })
    },
  )
  await using client = await TestClient.open(app)
  const response = await client.post('/', { headers: { 'last-event-id': '7' } })
  t.equal(response.headers.get('cache-control'), 'no-cache')
  t.equal(response.headers.get('x-accel-buffering'), 'no')
  t.equal(response.headers.get('content-type'), 'text/event-stream')
  t.equal(await response.text(), 'id: 8\ndata: {"name":"tea"}\n\n')
})

/** Events that would not stay whole: the HTML standard, §9.2.6. */
const wrongEvents: readonly (readonly [what: string, options: Parameters<typeof streamEvent>[1], message: RegExp])[] = [
  ['an id with NUL', { id: 'a\0b' }, /id/],
  ['an id with a line end', { id: 'a\nb' }, /id/],
  ['a type with a line end', { event: 'a\nb' }, /event/],
  ['a negative time to wait', { retry: -1 }, /retry/],
]

for (const [what, options, message] of wrongEvents) {
  test(`streams: an event with ${what} is an error of the app`, async (t) => {
    const app = appWith(events, function* () {
      yield streamEvent({ name: 'tea' }, options)
    })
    await using client = await TestClient.open(app)
    await t.rejects(
      client.get('/').then((response) => response.text()),
      { message },
    )
  })
}
