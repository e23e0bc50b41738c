import { test } from 'tap'
import { z } from 'zod'
import type { ContractShape } from '../../../../lib/endpoint/contract/contract.ts'
import type { ContractInput } from '../../../../lib/endpoint/contract/contract-function.ts'
import { formatOf } from '../../../../lib/endpoint/contract/declared-answer.ts'
import { reply } from '../../../../lib/endpoint/contract/reply.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'

const Item = z.object({ id: z.number() })
const bytes = new Uint8Array([104, 105])

async function answerOf(shape: ContractShape, endpoint: (input: ContractInput<object>) => unknown): Promise<unknown[]> {
  const app = new Application().get('/', shape, endpoint as never)
  await using client = await TestClient.open(app)
  const response = await client.get('/')
  return [response.status, response.headers.get('content-type'), await response.text()]
}

async function* lines(): AsyncGenerator<string, void, undefined> {
  yield 'a,b\n'
  yield '1,2\n'
}

async function* items(): AsyncGenerator<unknown, void, undefined> {
  yield { id: 1, secret: 2 }
}

/** What is declared, what the endpoint gives, and what goes out as a stream. */
const streams: readonly (readonly [
  what: string,
  declared: object,
  given: () => unknown,
  type: string,
  text: string,
])[] = [
  [
    'the declared type of JSON lines',
    { schema: Item, stream: 'json-lines', mediaType: 'application/x-ndjson' },
    items,
    'application/x-ndjson',
    '{"id":1}\n',
  ],
  [
    'a type that implies JSON lines',
    { schema: Item, mediaType: 'application/x-ndjson' },
    items,
    'application/x-ndjson',
    '{"id":1}\n',
  ],
  [
    'the declared type of events',
    { schema: Item, stream: 'events', mediaType: 'text/x-events' },
    items,
    'text/x-events; charset=utf-8',
    'data: {"id":1}\n\n',
  ],
  [
    'a type of events with a parameter',
    { schema: Item, mediaType: 'text/event-stream; charset=utf-8' },
    items,
    'text/event-stream; charset=utf-8',
    'data: {"id":1}\n\n',
  ],
  [
    'a type of events alone',
    { schema: Item, mediaType: 'text/event-stream' },
    items,
    'text/event-stream',
    'data: {"id":1}\n\n',
  ],
  ['lines of text', { mediaType: 'text/csv' }, lines, 'text/csv; charset=utf-8', 'a,b\n1,2\n'],
  [
    'lines of text with a schema',
    { mediaType: 'text/csv', schema: z.string().toUpperCase() },
    lines,
    'text/csv; charset=utf-8',
    'A,B\n1,2\n',
  ],
  [
    'bytes',
    { mediaType: 'image/png' },
    function* () {
      yield bytes
    },
    'image/png',
    'hi',
  ],
  [
    'JSON lines in the place of JSON',
    { mediaType: 'application/hal+json', schema: Item },
    items,
    'application/jsonl',
    '{"id":1}\n',
  ],
  [
    'the type of a reply',
    {},
    () => reply(200, lines(), { mediaType: 'text/csv' }),
    'text/csv; charset=utf-8',
    'a,b\n1,2\n',
  ],
  [
    'the type of a reply that implies events',
    {},
    () => reply(200, items(), { mediaType: 'text/event-stream' }),
    'text/event-stream; charset=utf-8',
    'data: {"id":1,"secret":2}\n\n',
  ],
]

for (const [what, declared, given, type, text] of streams) {
  test(`answers: a stream has ${what}`, async (t) => {
    t.strictSame(await answerOf({ responses: { 200: declared } }, given), [200, type, text])
  })
}

test('answers: a stream of text refuses other items', async (t) => {
  await t.rejects(answerOf({ responses: { 200: { mediaType: 'text/csv' } } }, items), { message: /string/ })
})

/** Single values under media types: RFC 8259 §11, RFC 6839 §3.1, RFC 9110 §8.3.1. */
const contents: readonly (readonly [
  what: string,
  declared: object | null,
  given: unknown,
  type: string,
  text: string,
])[] = [
  [
    'a text under JSON with a parameter',
    { schema: z.string(), mediaType: 'application/json; charset=utf-8' },
    'x',
    'application/json; charset=utf-8',
    '"x"',
  ],
  [
    'a text under JSON in another case',
    { schema: z.string(), mediaType: 'Application/JSON' },
    'x',
    'Application/JSON',
    '"x"',
  ],
  ['a text under a type with +json', { mediaType: 'application/hal+json' }, 'x', 'application/hal+json', '"x"'],
  ['bytes under a type with +json', { mediaType: 'application/hal+json' }, bytes, 'application/hal+json', 'hi'],
  ['bytes under JSON', { mediaType: 'application/json' }, bytes, 'application/json', 'hi'],
  ['a text under what is no media type', { mediaType: 'csv' }, 'a,b', 'csv', 'a,b'],
  [
    'a text under the type of a reply',
    null,
    reply(200, 'hello', { mediaType: 'text/plain' }),
    'text/plain; charset=utf-8',
    'hello',
  ],
  [
    'a declared text under the type of a reply',
    z.string(),
    reply(200, 'hello', { mediaType: 'text/plain' }),
    'text/plain; charset=utf-8',
    'hello',
  ],
  ['bytes under the type of a reply', null, reply(200, bytes, { mediaType: 'image/png' }), 'image/png', 'hi'],
  [
    'a text under JSON of a reply',
    { mediaType: 'text/plain' },
    reply(200, 'hello', { mediaType: 'application/problem+json' }),
    'application/problem+json',
    '"hello"',
  ],
  [
    'an object under the type of a reply',
    Item,
    reply(200, { id: 1 }, { mediaType: 'application/hal+json' }),
    'application/hal+json',
    '{"id":1}',
  ],
]

for (const [what, declared, given, type, text] of contents) {
  test(`answers: ${what}`, async (t) => {
    const shape = declared === null ? {} : ({ responses: { 200: declared } } as ContractShape)
    t.strictSame(await answerOf(shape, () => given), [200, type, text])
  })
}

test('answers: a status of the draft that is not declared goes out as the declared success does', async (t) => {
  const html = await answerOf({ responses: { 200: { mediaType: 'text/html' } } }, ({ response }) => {
    response.status = 203
    return '<p>hi'
  })
  t.strictSame(html, [203, 'text/html; charset=utf-8', '<p>hi'])
  const events = await answerOf({ responses: { 200: { stream: 'events' } } }, ({ response }) => {
    response.status = 203
    return items()
  })
  t.strictSame(events, [203, 'text/event-stream', 'data: {"id":1,"secret":2}\n\n'])
  const nothing = await answerOf({ responses: { 200: { stream: 'events' } } }, ({ response }) => {
    response.status = 304
  })
  t.strictSame(nothing, [304, null, ''])
})

test('formatOf: knows the formats of streams by their media types', async (t) => {
  t.strictSame(
    ['application/jsonl', 'Application/X-NDJSON', 'text/event-stream;charset=utf-8', 'application/json', 'text'].map(
      formatOf,
    ),
    ['json-lines', 'json-lines', 'events', null, null],
  )
})
