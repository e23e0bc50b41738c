import { test } from 'tap'
import { z } from 'zod'
import { openapi } from '../../../routing/openapi/openapi.ts'
import { fixedDefault } from '../../../routing/openapi/zod-defaults.ts'
import { Router } from '../../../routing/router.ts'
import { bodySchema, operationOf, schemasOf } from './described.ts'

let count = 0
let turn = 0

/** Schemas whose default is another one each time, or a time. */
const changing: readonly (readonly [what: string, schema: z.ZodType])[] = [
  ['a random id', z.uuid().default(() => crypto.randomUUID())],
  ['a date', z.date().default(() => new Date())],
  ['a time in milliseconds', z.number().default(() => Date.now())],
  ['a time in seconds', z.int().default(() => Math.floor(Date.now() / 1000))],
  ['a time as text', z.iso.datetime().default(() => new Date().toISOString())],
  ['a day', z.iso.date().default(() => new Date().toISOString().slice(0, 10))],
  ['a time within an object', z.object({ at: z.number() }).default(() => ({ at: Date.now() }))],
  ['a counter', z.int().default(() => ++count)],
  ['a list that grows', z.array(z.int()).default(() => Array.from({ length: ++count }, () => 1))],
  ['something else now and then', z.string().default(() => (++turn % 4 === 0 ? 'rare' : 'usual'))],
  ['something of another class', z.unknown().default(() => (++turn % 2 === 0 ? [] : {}))],
  ['a map', z.custom<ReadonlyMap<string, string>>().default(() => new Map())],
  ['a prefault', z.string().prefault(() => crypto.randomUUID())],
  ['a catch', z.string().catch(() => crypto.randomUUID())],
  ['a catch that looks at the error', z.string().catch(({ error }) => error.issues[0]!.message)],
  [
    'one behind wrappers',
    z
      .string()
      .default(() => crypto.randomUUID())
      .optional()
      .nullable()
      .readonly(),
  ],
  [
    'one with a description',
    z
      .string()
      .default(() => crypto.randomUUID())
      .describe('Made'),
  ],
]

for (const [what, schema] of changing) {
  test(`openapi: a default that changes is not documented: ${what}`, async (t) => {
    const { requestBody, responses } = operationOf({ body: z.object({ a: schema }), responses: { 200: schema } })
    t.notMatch(JSON.stringify([requestBody, responses]), '"default"')
  })
}

/** Schemas whose default is the same each time, and the default. */
const fixed: readonly (readonly [schema: z.ZodType, expected: unknown])[] = [
  [z.string().default('en'), 'en'],
  [z.string().default(() => 'en'), 'en'],
  [z.int().default(10), 10],
  [z.boolean().default(false), false],
  [z.null().default(null), null],
  [z.array(z.string()).default([]), []],
  [z.array(z.string()).default(() => []), []],
  [z.object({ a: z.array(z.int()) }).default(() => ({ a: [1] })), { a: [1] }],
  [z.object({ a: z.null() }).default({ a: null }), { a: null }],
  [z.date().default(new Date(0)), '1970-01-01T00:00:00.000Z'],
  [z.string().default('2020-02-29'), '2020-02-29'],
  [z.string().prefault('x'), 'x'],
  [z.string().catch('x'), 'x'],
  [z.string().catch(() => 'x'), 'x'],
  [
    z
      .uuid()
      .default(() => crypto.randomUUID())
      .meta({ default: 'a new one' }),
    'a new one',
  ],
]

for (const [schema, expected] of fixed) {
  test(`openapi: a default that stays is documented: ${JSON.stringify(expected)}`, async (t) => {
    t.strictSame(bodySchema({ body: schema })['default'], expected)
  })
}

test('openapi: a catch that looks at the error leaves the default of the schema within', async (t) => {
  const schema = z
    .string()
    .default('inner')
    .catch(({ error }) => error.issues[0]!.message)
  t.equal(bodySchema({ body: schema })['default'], 'inner')
})

test('openapi: a prefault says nothing of what comes out', async (t) => {
  const schemas = schemasOf({
    responses: {
      200: z
        .string()
        .default('inner')
        .prefault(() => crypto.randomUUID())
        .meta({ id: 'Out' }),
    },
  })
  t.strictSame(schemas, { Out: { type: 'string', default: 'inner' } })
})

test('openapi: a schema with an id whose default changes is one schema', async (t) => {
  const Order = z
    .object({ id: z.uuid().default(() => crypto.randomUUID()), at: z.date().default(() => new Date()) })
    .meta({ id: 'Order' })
  const app = new Router()
  for (let index = 0; index < 100; index++) {
    app.post(`/${index}`, { body: z.object({ order: Order, index: z.literal(index) }) }, () => 1)
  }
  t.strictSame(Object.keys(openapi(app).components!.schemas!), ['Order', 'ValidationProblem'])
})

test('openapi: a default that was the same long enough stands as it was first', async (t) => {
  let calls = 0
  const Late = z.object({ a: z.string().default(() => (++calls < 20 ? 'early' : 'late')) }).meta({ id: 'Late' })
  const app = new Router()
  for (let index = 0; index < 30; index++) app.post(`/${index}`, { body: z.array(Late).max(index) }, () => 1)
  t.match(openapi(app).components!.schemas!['Late'], { properties: { a: { default: 'early' } } })
})

test('fixedDefault: a definition without a getter has the value that it has', async (t) => {
  const definition = { type: 'default', defaultValue: 1 }
  t.strictSame(fixedDefault(definition), { value: 1 })
  t.equal(fixedDefault(definition), fixedDefault(definition), 'it is read once')
  t.strictSame(fixedDefault(Object.create(definition) as typeof definition), { value: 1 })
})

test('openapi: a bigint in the words of a schema is a number, or text where that is not exact', async (t) => {
  const big = z.bigint().meta({ examples: [5n, 2n ** 64n, { nested: 1n }], default: 7n, maximum: 9n })
  t.strictSame(bodySchema({ body: z.object({ big }) })['properties'], {
    big: { examples: [5, '18446744073709551616', { nested: 1 }], default: 7, maximum: 9, type: 'integer' },
  })
  t.equal(bodySchema({ body: z.bigint().catch(3n) })['default'], 3)
})

test('openapi: a bigint in the examples of a contract is a number', async (t) => {
  const { requestBody } = operationOf({ body: z.unknown(), examples: { body: { one: { id: 1n } } } })
  t.strictSame(requestBody!.content['application/json']!.examples, { one: { value: { id: 1 } } })
})
