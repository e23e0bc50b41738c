import { test } from 'tap'
import { z } from 'zod'
import { AnswerReader } from '../../../lib/client/answer-reader.ts'
import type { AnswerReading } from '../../../lib/client/answer-reader.ts'
import type { LineItems } from '../../../lib/client/line-items.ts'
import { EventItems } from '../../../lib/client/event-items.ts'

const reader = (reading: Partial<AnswerReading>): AnswerReader =>
  new AnswerReader({
    operation: 'GET /',
    responses: null,
    isHead: false,
    implies422: false,
    validates: false,
    ...reading,
  })

const response = (body: string | null, mediaType: string | null, status = 200): Response =>
  new Response(body === null ? null : new TextEncoder().encode(body), {
    status,
    headers: mediaType === null ? {} : { 'content-type': mediaType },
  })

const json = 'application/json'
const lines = { headers: { 'content-type': 'application/jsonl' } }
const Item = z.object({ n: z.number() })

/** Answers, how they are declared, and what is made of them. */
const contents: readonly (readonly [string, AnswerReading['responses'], Response, data: unknown])[] = [
  ['JSON that nobody declares', null, response('{"a":1}', json), { a: 1 }],
  ['another kind of JSON', null, response('[1]', 'Application/Problem+JSON; x=y', 418), [1]],
  ['an empty body of JSON', null, response('', json), undefined],
  ['text that nobody declares', null, response('a', 'text/plain'), 'a'],
  ['nothing', null, response(null, null), undefined],
  ['a declared answer', { 200: Item }, response('{"n":1,"more":2}', json), { n: 1, more: 2 }],
  ['a declaration at length', { 200: { schema: Item, mediaType: json } }, response('{"n":1}', json), { n: 1 }],
  ['a declaration without a schema', { 200: {} }, response('{"n":1}', json), { n: 1 }],
  ['a range', { '4XX': Item }, response('{"n":1}', json, 404), { n: 1 }],
  [
    'what a range leaves to the default',
    { '4XX': z.string(), default: Item },
    response('{"n":1}', json, 500),
    { n: 1 },
  ],
  ['no content, whatever arrives', { 404: null }, response('gone', 'text/plain', 404), undefined],
  ['a range without content, whatever arrives', { '4XX': null }, response('gone', 'text/plain', 404), undefined],
  ['a default without content, whatever arrives', { default: null }, response('{}', json), undefined],
  ['a default without content', { default: Item }, response(null, null, 204), undefined],
  ['declared text', { 200: { mediaType: 'text/csv' } }, response('a,b', 'text/csv'), 'a,b'],
]

for (const [what, responses, given, data] of contents) {
  test(`AnswerReader: ${what}`, async (t) => {
    t.strictSame((await reader({ responses }).read(given)).data, data)
  })
}

test('AnswerReader: bytes are a Blob, declared or not', async (t) => {
  const declared = await reader({ responses: { 200: { mediaType: 'image/png' } } }).read(response('a', 'image/png'))
  const undeclared = await reader({}).read(response('b', 'image/png'))

  t.strictSame([await (declared.data as Blob).text(), await (undeclared.data as Blob).text()], ['a', 'b'])
})

/** Answers that are not what was declared, and what is said about them. */
const refused: readonly (readonly [string, Partial<AnswerReading>, Response, message: RegExp])[] = [
  [
    'another media type',
    { responses: { 200: Item } },
    response('a', 'text/html'),
    /its media type is "text\/html", expected JSON$/,
  ],
  ['no media type', { responses: { 200: Item } }, response(null, null), /its media type is "", expected JSON$/],
  [
    'a page instead of events',
    { responses: { 200: { schema: Item, stream: 'events' } } },
    response('<p>', 'text/html'),
    /^Cannot use the answer 200 to GET \/: its media type is "text\/html", expected text\/event-stream$/,
  ],
  [
    'a page instead of JSON lines',
    { responses: { 200: { schema: Item, stream: 'json-lines' } } },
    response('<p>', 'text/html'),
    /its media type is "text\/html", expected JSON lines$/,
  ],
  [
    'events of no media type',
    { responses: { 200: { stream: 'events' } } },
    response(null, null),
    /its media type is "", expected text\/event-stream$/,
  ],
  [
    'JSON lines of another media type than the declared one',
    { responses: { 200: { stream: 'json-lines', mediaType: 'application/x-log' } } },
    response('1', 'text/plain'),
    /its media type is "text\/plain", expected application\/x-log$/,
  ],
  [
    'no JSON',
    { responses: { 200: Item } },
    response('{', json),
    /^Cannot use the answer 200 to GET \/: it is not valid JSON$/,
  ],
  [
    'another value',
    { responses: { 200: Item }, validates: true },
    response('{"n":"x"}', json),
    /it does not fulfil the contract: n: /,
  ],
]

for (const [what, reading, given, message] of refused) {
  test(`AnswerReader: refuses ${what}`, async (t) => {
    await t.rejects(reader(reading).read(given), { code: 'STELLINE_INVALID_ANSWER', message })
  })
}

test('AnswerReader: an answer without a status that counts is none of the declared', async (t) => {
  const opaque = Object.defineProperty(response(null, null), 'status', { value: 0 })

  await t.rejects(reader({ responses: { default: Item } }).read(opaque), { name: 'UnexpectedAnswer', status: 0 })
})

test('AnswerReader: a 422 is an answer where a schema reads the request', async (t) => {
  const problem = response('{"status":422,"errors":[]}', 'application/problem+json', 422)

  const answer = await reader({ responses: { 200: Item }, implies422: true }).read(problem)

  t.strictSame(answer.data, { status: 422, errors: [] })
})

test('AnswerReader: lines that are cut anywhere, with empty ones between', async (t) => {
  const bytes = new TextEncoder().encode('1\n\n"ü"\r\n3')
  const body = new ReadableStream({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
      controller.close()
    },
  })
  const responses = { 200: { stream: 'json-lines' } } as const

  const { data } = await reader({ responses }).read(new Response(body, lines))

  const items: unknown[] = []
  for await (const item of data as LineItems<unknown>) items.push(item)
  t.strictSame(items, [1, 'ü', 3])
})

test('AnswerReader: a stream without a body is empty', async (t) => {
  const events = response(null, 'text/event-stream')

  const { data } = await reader({ responses: { 200: { stream: 'events' } } }).read(events)

  t.type(data, EventItems)
  for await (const item of data as EventItems<unknown>) t.fail(`it gave ${String(item)}`)
})

test('AnswerReader: an item that is not what was declared ends the stream', async (t) => {
  let isCancelled = false
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(new TextEncoder().encode('{"n":"x"}\n')),
    cancel: () => {
      isCancelled = true
    },
  })
  const responses = { 200: { schema: Item, stream: 'json-lines' } } as const

  const { data } = await reader({ responses, validates: true }).read(new Response(body, lines))

  await t.rejects((data as LineItems<unknown>)[Symbol.asyncIterator]().next(), {
    message: /^Cannot use an item of the answer to GET \/: it does not fulfil the contract: n: /,
  })
  t.equal(isCancelled, true)
})

/** Streams under the media types that they may have. */
const streams: readonly (readonly [declared: object, mediaType: string, body: string])[] = [
  [{ stream: 'events' }, 'text/event-stream; charset=utf-8', 'data: 1\n\n'],
  [{ stream: 'events', mediaType: 'application/x-events' }, 'application/x-events', 'data: 1\n\n'],
  [{ stream: 'events', mediaType: 'application/x-events' }, 'text/event-stream', 'data: 1\n\n'],
  [{ stream: 'json-lines' }, 'application/jsonl', '1'],
  [{ stream: 'json-lines' }, 'application/x-ndjson', '1'],
  [{ stream: 'json-lines', mediaType: 'application/x-log; v=1' }, 'Application/X-Log', '1'],
]

for (const [declared, mediaType, body] of streams) {
  test(`AnswerReader: ${JSON.stringify(declared)} as ${mediaType}`, async (t) => {
    const { data } = await reader({ responses: { 200: declared } }).read(response(body, mediaType))

    t.strictSame(await (data as AsyncIterable<unknown>)[Symbol.asyncIterator]().next(), { done: false, value: 1 })
  })
}

test('AnswerReader: a body of another media type does not hold its connection', async (t) => {
  let isCancelled = false
  const cancel = (): void => {
    isCancelled = true
  }
  const page = new Response(new ReadableStream({ cancel }), { headers: { 'content-type': 'text/html' } })

  await t.rejects(reader({ responses: { 200: { stream: 'events' } } }).read(page), { name: 'InvalidAnswer' })

  t.equal(isCancelled, true)
})
