import { test } from 'tap'
import { z } from 'zod'
import type { ContractShape } from '../../../../lib/endpoint/contract/contract.ts'
import type { ContractFunction } from '../../../../lib/endpoint/contract/contract-function.ts'
import { AnswerMaker } from '../../../../lib/endpoint/contract/answer-maker.ts'
import { responseDeclaration } from '../../../../lib/endpoint/contract/declared-answer.ts'
import { MappedItems } from '../../../../lib/endpoint/contract/mapped-items.ts'
import { reply } from '../../../../lib/endpoint/contract/reply.ts'
import { streamEvent } from '../../../../lib/endpoint/contract/stream-event.ts'
import { JSONResponse } from '../../../../lib/response/json-response.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'

const Item = z.object({ name: z.string() })

async function answerOf<const Shape extends ContractShape>(
  shape: Shape,
  endpoint: ContractFunction<Shape>,
): Promise<{ status: number; type: string | null; text: string; headers: Record<string, string> }> {
  const app = new Application()
  app.get('/', shape, endpoint as never)
  await using client = await TestClient.open(app)
  const response = await client.get('/')
  const { status, headers } = response
  return {
    status,
    type: headers.get('content-type'),
    text: await response.text(),
    headers: Object.fromEntries(Array.from(headers.keys(), (name) => [name, headers.getAll(name).join(', ')])),
  }
}

/** What endpoints give, and what goes out. */
const answers: readonly (readonly [
  what: string,
  shape: ContractShape,
  given: unknown,
  status: number,
  type: string | null,
  text: string,
])[] = [
  ['a plain value is JSON', {}, { a: 1 }, 200, 'application/json', '{"a":1}'],
  ['null is JSON', {}, null, 200, 'application/json', 'null'],
  ['nothing is a 204', {}, undefined, 204, null, ''],
  [
    'a value is answered with the declared success',
    { responses: { 201: Item } },
    { name: 'tea' },
    201,
    'application/json',
    '{"name":"tea"}',
  ],
  [
    'the lowest success counts',
    { responses: { 202: Item, 201: Item, 404: null } },
    { name: 'tea' },
    201,
    'application/json',
    '{"name":"tea"}',
  ],
  [
    'nothing is answered with the success without content',
    { responses: { 200: Item, 204: null } },
    undefined,
    204,
    null,
    '',
  ],
  ['nothing may have a status of its own', { responses: { 202: null } }, undefined, 202, null, ''],
  [
    'what is not declared is left out',
    { responses: { 200: Item } },
    { name: 'tea', secret: 1 },
    200,
    'application/json',
    '{"name":"tea"}',
  ],
  [
    'what is not declared deep down is left out',
    { responses: { 200: z.object({ items: z.array(Item) }) } },
    { items: [{ name: 'tea', secret: 1 }] },
    200,
    'application/json',
    '{"items":[{"name":"tea"}]}',
  ],
  [
    'a reply chooses its declared answer',
    { responses: { 200: Item, 404: z.object({ reason: z.string() }) } },
    reply(404, { reason: 'gone', secret: 1 }),
    404,
    'application/json',
    '{"reason":"gone"}',
  ],
  [
    'a reply that is not declared goes out as it is',
    { responses: { 200: Item } },
    reply(409, { any: 1 }),
    409,
    'application/json',
    '{"any":1}',
  ],
  [
    'a success that is not declared keeps back what the declared one does',
    { responses: { 200: Item } },
    reply(201, { name: 'tea', secret: 1 }),
    201,
    'application/json',
    '{"name":"tea"}',
  ],
  ['a reply without a value has no content', {}, reply(205), 205, null, ''],
  [
    'a response goes out as it is',
    { responses: { 200: Item } },
    new JSONResponse({ secret: 1 }, { status: 203 }),
    203,
    'application/json',
    '{"secret":1}',
  ],
  [
    'a Fetch response goes out as it is',
    { responses: { 200: Item } },
    new Response('text', { headers: { 'content-type': 'text/x' } }),
    200,
    'text/x',
    'text',
  ],
  [
    'text goes out under its media type',
    { responses: { 200: { mediaType: 'text/csv', schema: z.string() } } },
    'a,b',
    200,
    'text/csv; charset=utf-8',
    'a,b',
  ],
  [
    'bytes go out under their media type',
    { responses: { 200: { mediaType: 'image/png' } } },
    Buffer.from('png'),
    200,
    'image/png',
    'png',
  ],
  [
    'other values go out as JSON under their media type',
    { responses: { 200: { mediaType: 'application/hal+json' } } },
    { a: 1 },
    200,
    'application/hal+json',
    '{"a":1}',
  ],
  [
    'a declaration of JSON changes nothing',
    { responses: { 200: { mediaType: 'application/json', schema: Item } } },
    { name: 'tea' },
    200,
    'application/json',
    '{"name":"tea"}',
  ],
  [
    'documentation alone declares no answer',
    { responses: { default: Item, '4XX': Item } },
    { a: 1 },
    200,
    'application/json',
    '{"a":1}',
  ],
  [
    'a transformed value goes out as its output',
    { responses: { 200: z.object({ n: z.number().transform(String) }) } },
    { n: 1 },
    200,
    'application/json',
    '{"n":"1"}',
  ],
]

for (const [what, shape, given, status, type, text] of answers) {
  test(`answers: ${what}`, async (t) => {
    const answer = await answerOf(shape, () => given)
    t.strictSame([answer.status, answer.type, answer.text], [status, type, text])
  })
}

test('answers: a value that was not declared is a 500 that names the field to the app alone', async (t) => {
  const app = new Application()
  app.get('/', { responses: { 200: Item } }, () => ({ name: 1, password: 'secret' }) as never)
  await using client = await TestClient.open(app)

  const error: unknown = await client.get('/').catch((thrown: unknown) => thrown)

  t.match(error, {
    code: 'STELLINE_RESPONSE_VALIDATION',
    message: /^Cannot send the answer 200: it does not fulfil the contract: name: /,
  })
  t.notOk((error as Error).message.includes('secret'))
})

test('answers: fields of a reply win over those of the draft, whose cookies are added', async (t) => {
  const { headers, status } = await answerOf({}, ({ response }) => {
    response.status = 202
    response.headers.set('x-one', 'draft')
    response.headers.set('x-two', 'draft')
    response.headers.append('x-two', 'again')
    response.setCookie('a', 'b')
    return reply(201, 1, { headers: { 'x-one': 'reply', 'set-cookie': 'c=d' } })
  })
  t.equal(status, 201)
  t.equal(headers['x-one'], 'reply')
  t.equal(headers['x-two'], 'draft, again')
  t.match(headers['set-cookie'], /^c=d, a=b/)
})

test('answers: fields of the draft stand beside a reply that has none', async (t) => {
  const { headers, status } = await answerOf({}, ({ response }) => {
    response.headers.set('x-one', 'draft')
    return reply(201, 1, { mediaType: 'application/hal+json' })
  })
  t.strictSame([status, headers['x-one'], headers['content-type']], [201, 'draft', 'application/hal+json'])
})

test('answers: nothing, where the declared answer has content, is an error of the app', async (t) => {
  const nothing = answerOf({ responses: { 200: Item } }, () => undefined as never)
  await t.rejects(nothing, { code: 'STELLINE_RESPONSE_VALIDATION' })
})

test('answers: nothing has no content where the draft chooses a status without it', async (t) => {
  const { status, text } = await answerOf({ responses: { 200: Item } }, ({ response }) => {
    response.status = 204
    return undefined as never
  })
  t.strictSame([status, text], [204, ''])
})

test('answers: the draft alone sets the status of a value', async (t) => {
  const { status, text } = await answerOf({ responses: { 200: Item, 203: Item } }, ({ response }) => {
    response.status = 203
    response.headers.set('x-one', 'draft')
    return { name: 'tea', secret: 1 } as never
  })
  t.equal(status, 203)
  t.equal(text, '{"name":"tea"}')
})

test('answers: a status of the draft that is not declared keeps back what the declared success does', async (t) => {
  const { status, text } = await answerOf({ responses: { 200: Item } }, ({ response }) => {
    response.status = 404
    return { name: 'tea', secret: 1 } as never
  })
  t.strictSame([status, text], [404, '{"name":"tea"}'])
})

async function* items(): AsyncGenerator<unknown, void, undefined> {
  yield { name: 'tea', secret: 1 }
  yield { name: 'milk' }
}

test('answers: a generator is a stream of JSON lines, each item validated', async (t) => {
  const declared = await answerOf({ responses: { 200: { schema: Item, stream: 'json-lines' } } }, items as never)
  t.strictSame([declared.type, declared.text], ['application/jsonl', '{"name":"tea"}\n{"name":"milk"}\n'])
  const plain = await answerOf({}, function* () {
    yield 1
    yield 2
  })
  t.strictSame([plain.type, plain.text], ['application/jsonl', '1\n2\n'])
})

test('answers: a media type of a stream makes a stream of every iterable', async (t) => {
  const { type, text } = await answerOf(
    { responses: { 200: { schema: Item, mediaType: 'application/jsonl' } } },
    () => [{ name: 'tea' }],
  )
  t.strictSame([type, text], ['application/jsonl', '{"name":"tea"}\n'])
})

test('answers: events carry JSON, and what an event has besides', async (t) => {
  const { type, text } = await answerOf({ responses: { 200: { schema: Item, stream: 'events' } } }, async function* () {
    yield { name: 'tea' }
    yield streamEvent({ name: 'milk', secret: 1 } as { name: string }, { id: '2', event: 'item', retry: 5 })
    yield streamEvent(undefined as never, { comment: 'waiting' })
  })
  t.equal(type, 'text/event-stream')
  t.equal(text, 'data: {"name":"tea"}\n\nevent: item\nid: 2\nretry: 5\ndata: {"name":"milk"}\n\n: waiting\n\n')
})

test('answers: an item that was not declared cuts the stream and ends its source', async (t) => {
  let ended = false
  const app = new Application()
  app.get('/', { responses: { 200: { schema: Item, stream: 'json-lines' } } }, async function* () {
    try {
      yield { name: 'tea' }
      yield { name: 1 } as never
    } finally {
      ended = true
    }
  })
  await using client = await TestClient.open(app)
  const outcome: unknown = await client
    .get('/')
    .then((response) => response.text())
    .catch((error: unknown) => error)
  t.type(outcome, Error)
  t.ok(ended)
})

test('MappedItems: cancelling ends the source', async (t) => {
  let cancelled = false
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: async () => Promise.resolve({ done: false, value: 1 }),
      return: async () => {
        cancelled = true
        return Promise.resolve({ done: true, value: undefined })
      },
    }),
  }
  const mapped = new MappedItems(source, (item) => (item as number) + 1)
  t.strictSame(await mapped.next(), { done: false, value: 2 })
  t.strictSame(await mapped.return(), { done: true, value: undefined })
  t.ok(cancelled)
  t.throws(() => new MappedItems(1 as never, String), TypeError)
})

/** Declarations that cannot be fulfilled. */
const refused: readonly (readonly [responses: unknown, message: RegExp])[] = [
  [{ 99: Item }, /with the status 99: expected 200 to 999/],
  [{ '5xx': Item }, /expected 200 to 999, a range such as "4XX"/],
  [{ ok: Item }, /with the status ok: expected 200 to 999/],
  [Item, /^Cannot declare answers as an object of class ZodObject: expected an object with a schema for each status$/],
  [[Item], /^Cannot declare answers as /],
  [{ 200: 'text' }, /the answer 200 as "text"/],
  [{ 200: { shcema: Item } }, /the answer 200: "shcema" is none of its keys, expected schema, stream/],
  [{ 200: { schema: Item, stream: 'sse' } }, /its stream is "sse", expected "json-lines" or "events"$/],
  [{ 200: { schema: 'text' } }, /its schema is "text", expected a Standard Schema/],
  [{ 204: Item }, /the answer 204: its schema is .*expected none, since the status allows no content/],
]

for (const [responses, message] of refused) {
  test(`AnswerMaker: refuses declarations: ${String(message)}`, async (t) => {
    t.throws(() => new AnswerMaker(responses as never), { message })
  })
}

test('responseDeclaration: says at length what is declared', async (t) => {
  t.strictSame(responseDeclaration(null), {})
  t.equal(responseDeclaration(Item).schema, Item)
  const long = { schema: Item, description: 'An item' }
  t.equal(responseDeclaration(long), long)
})
