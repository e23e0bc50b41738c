import { scope, type } from 'arktype'
import { test } from 'tap'
import * as v from 'valibot'
import { z } from 'zod'
import { strippingSchema } from '../../../../lib/endpoint/contract/stripping-schema.ts'
import type { AnySchema } from '../../../../lib/endpoint/validation/schema.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'

const User = type({ id: 'number' })

class Money {
  readonly #cents = 150

  toJSON(): string {
    return String(this.#cents / 100)
  }
}

class Entity {
  readonly passwordHash = 'x'

  get id(): number {
    return this.passwordHash.length
  }

  toJSON(): object {
    return { id: this.id, passwordHash: this.passwordHash }
  }
}

const library = scope({ shelf: { name: 'string', 'within?': 'shelf' }, shelves: 'shelf[]' }).export()

/** Types of arktype, what an endpoint gives, and what goes out. */
const stripped: readonly (readonly [what: string, schema: AnySchema, given: unknown, text: string])[] = [
  ['an object', User, { id: 1, secret: 2 }, '{"id":1}'],
  ['a list', User.array(), [{ id: 1, secret: 2 }], '[{"id":1}]'],
  ['what is deep down', type({ user: User }), { user: { id: 1, secret: 2 }, more: 3 }, '{"user":{"id":1}}'],
  ['an optional member', type({ 'user?': User }), { user: { id: 1, secret: 2 } }, '{"user":{"id":1}}'],
  ['a missing member', type({ 'user?': User }), { secret: 2 }, '{}'],
  [
    'the branch of a union',
    type({ kind: "'a'", one: 'number' }).or({ kind: "'b'", two: 'number' }),
    { kind: 'b', one: 'no number', two: 2 },
    '{"kind":"b","two":2}',
  ],
  ['an object or a text', User.or('string'), 'text', '"text"'],
  ['an object or nothing', User.or('null'), { id: 1, secret: 2 }, '{"id":1}'],
  [
    'the places of a tuple',
    type([User, 'string', '...', User.array(), 'number']),
    [{ id: 1, a: 1 }, 'text', { id: 2, a: 1 }, { id: 3, a: 1 }, 4],
    '[{"id":1},"text",{"id":2},{"id":3},4]',
  ],
  ['a record', type({ '[string]': User }), { a: { id: 1, secret: 2 } }, '{"a":{"id":1}}'],
  [
    'members beside others',
    type({ user: User, '[/^x-/]': User }),
    { user: { id: 1, a: 1 }, 'x-a': { id: 2, a: 1 }, other: 3 },
    '{"user":{"id":1},"x-a":{"id":2}}',
  ],
  [
    'a type that holds itself',
    library.shelf,
    { name: 'a', within: { name: 'b', secret: 1, within: { name: 'c', secret: 1 } } },
    '{"name":"a","within":{"name":"b","within":{"name":"c"}}}',
  ],
  ['a list of such', library.shelves, [{ name: 'a', secret: 1 }], '[{"name":"a"}]'],
  ['what a type makes', type({ n: ['number', '=>', String] }), { n: 1, secret: 2 }, '{"n":"1"}'],
  ['a default', type({ n: 'number = 3' }), { secret: 2 }, '{"n":3}'],
  [
    'what is added on the way to another type',
    User.pipe((user) => ({ ...user, secret: 2 }), User),
    { id: 1 },
    '{"id":1}',
  ],
  ['a frozen object', User, Object.freeze({ id: 1, secret: 2 }), '{"id":1}'],
  ['an instance with a toJSON', User, new Entity(), '{"id":1}'],
  ['a value of a class', type({ price: type.instanceOf(Money) }), { price: new Money(), a: 1 }, '{"price":"1.5"}'],
  [
    'an instance with members',
    type.instanceOf(Date).and({ 'id?': 'number' }),
    new Date(0),
    `"${new Date(0).toJSON()}"`,
  ],
  ['a key of the prototype', type({ '[string]': 'unknown' }), JSON.parse('{"__proto__":1}'), '{"__proto__":1}'],
  ['what is said to be anything', type({ data: 'unknown' }), { data: { a: 1 }, b: 2 }, '{"data":{"a":1}}'],
  ['what is said to have any key', type({ id: 'number', '[string]': 'unknown' }), { id: 1, a: 2 }, '{"id":1,"a":2}'],
]

for (const [what, schema, given, text] of stripped) {
  test(`strippingSchema: of arktype, ${what}`, async (t) => {
    const before = JSON.stringify(given)
    const result = await strippingSchema(schema)['~standard'].validate(given)
    t.notOk(result.issues)
    t.equal(JSON.stringify((result as { readonly value: unknown }).value), text)
    t.equal(JSON.stringify(given), before)
  })
}

test('strippingSchema: a type of arktype goes on refusing', async (t) => {
  const strict = strippingSchema(type({ id: 'number', '+': 'reject' }))
  t.match(await strict['~standard'].validate({ id: 1, secret: 2 }), { issues: [{ path: ['secret'] }] })
  t.match(await strippingSchema(User)['~standard'].validate({ id: 'x' }), { issues: [{ path: ['id'] }] })
})

test('strippingSchema: schemas of other libraries, and types with nothing to leave out, stay as they are', async (t) => {
  const others = [z.looseObject({ id: z.number() }), v.object({ id: v.number() }), type('string'), type('string[]')]
  for (const schema of [...others, type("'a' | 'b'"), type(['string', 'number'])]) {
    t.equal(strippingSchema(schema as AnySchema), schema)
  }
})

test('answers: what a type of arktype does not declare is left out of answers, lists and streams', async (t) => {
  const given = { id: 1, passwordHash: 'x' }
  const app = new Application()
  app.get('/one', { responses: { 200: User } }, () => given)
  app.get('/list', { responses: { 200: User.array() } }, () => [given])
  app.get('/lines', { responses: { 200: { schema: User, stream: 'json-lines' } } }, () => [given])
  app.get('/events', { responses: { 200: { schema: User, stream: 'events' } } }, () => [given])
  app.get('/missing', { responses: { 404: User } }, ({ reply }) => reply(404, given))
  await using client = await TestClient.open(app)

  const texts = await Promise.all(
    ['/one', '/list', '/lines', '/events', '/missing'].map(async (path) => (await client.get(path)).text()),
  )

  t.strictSame(texts, ['{"id":1}', '[{"id":1}]', '{"id":1}\n', 'data: {"id":1}\n\n', '{"id":1}'])
  t.strictSame(given, { id: 1, passwordHash: 'x' })
})

test('MessageSocket: what a type of arktype does not declare is left out of messages', async (t) => {
  const app = new Application()
  app.websocket('/', { send: User }, async ({ websocket }) => {
    await websocket.accept()
    await websocket.send({ id: 1, passwordHash: 'x' } as { id: number })
  })
  await using client = await TestClient.open(app)
  const websocket = await client.websocket('/')
  t.strictSame(await websocket.receiveJson(), { id: 1 })
})

test('contracts: a schema that reads a request is taken as it is', async (t) => {
  const app = new Application()
  app.post('/', { body: User }, ({ body }) => body)
  await using client = await TestClient.open(app)
  t.strictSame(await (await client.post('/', { json: { id: 1, more: 2 } })).json(), { id: 1, more: 2 })
})
