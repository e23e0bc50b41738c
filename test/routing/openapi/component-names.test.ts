import { test } from 'tap'
import { z } from 'zod'
import { componentNames } from '../../../routing/openapi/component-names.ts'
import type { ComponentName } from '../../../routing/openapi/component-names.ts'
import { openapi } from '../../../routing/openapi/openapi.ts'
import { Router } from '../../../routing/router.ts'
import { loose, operationOf, schemasOf } from './described.ts'

const given = (wanted: string): ComponentName => ({ wanted, isGiven: true, isSplit: false })
const split = (wanted: string): ComponentName => ({ wanted, isGiven: true, isSplit: true })
const made = (wanted: string): ComponentName => ({ wanted, isGiven: false, isSplit: false })
const nameless = (isSplit = false): ComponentName => ({ wanted: null, isGiven: false, isSplit })

/** Components in the order in which they were found, and the names of their inputs. */
const cases: readonly (readonly [components: readonly ComponentName[], inputs: readonly string[]])[] = [
  [
    [given('Book'), given('book.v1-a_b')],
    ['Book', 'book.v1-a_b'],
  ],
  [
    [given('书'), given('人')],
    ['u4E66', 'u4EBA'],
  ],
  [
    [given('Über'), given('Äber'), given('Uber')],
    ['Uber2', 'Aber', 'Uber'],
  ],
  [
    [given('a/b'), given('a b'), given('a_b')],
    ['a_b2', 'a_b3', 'a_b'],
  ],
  [
    [given('100%'), given('😀')],
    ['100_', '_'],
  ],
  [
    [split('Book'), given('Book-Input')],
    ['Book2-Input', 'Book-Input'],
  ],
  [
    [split('Book'), given('Book-Output')],
    ['Book2-Input', 'Book-Output'],
  ],
  [
    [nameless(true), nameless(), given('Schema2')],
    ['Schema1-Input', 'Schema1', 'Schema2'],
  ],
  [
    [nameless(), given('Schema1'), nameless()],
    ['Schema2', 'Schema1', 'Schema3'],
  ],
  [
    [made('Problem'), nameless(), given('Problem')],
    ['Problem2', 'Schema1', 'Problem'],
  ],
]

for (const [components, inputs] of cases) {
  test(`componentNames: ${inputs.join(', ')}`, async (t) => {
    const names = componentNames(components)
    t.strictSame(
      components.map((component) => names.get(component)!.input),
      inputs,
    )
    const all = [...names.values()].flatMap(({ input, output }) => (input === output ? [input] : [input, output]))
    t.equal(new Set(all).size, all.length, 'each is another one')
  })
}

const Tree = z.object({
  get children() {
    return z.array(Tree)
  },
})

test('openapi: ids of other scripts are components of their own', async (t) => {
  const schemas = schemasOf({ body: z.string().meta({ id: '书' }), responses: { 200: z.int().meta({ id: '人' }) } })
  t.match(schemas, { u4E66: { type: 'string' }, u4EBA: { type: 'integer' } })
})

test('openapi: a name for one side gives way to an id', async (t) => {
  const Book = z.object({ a: z.string().default('x') }).meta({ id: 'Book' })
  const Other = z.object({ z: z.number() }).meta({ id: 'Book-Input' })
  const schemas = schemasOf({ body: Book, responses: { 200: Book, 201: Other } })
  t.strictSame(Object.keys(schemas), ['Book2-Input', 'Book2-Output', 'Book-Input'])
  t.match(schemas['Book-Input'], { properties: { z: { type: 'number' } } })
})

test('openapi: a name for a schema without one gives way to an id', async (t) => {
  const schemas = schemasOf({ body: Tree, responses: { 200: z.string().meta({ id: 'Schema1' }) } })
  t.match(schemas, { Schema1: { type: 'string' }, Schema2: { type: 'object' } })
})

test('openapi: the schema of the answer 422 gives way to an id', async (t) => {
  const Own = z.object({ detail: z.string() }).meta({ id: 'ValidationProblem' })
  const { document } = operationOf({ body: z.string(), responses: { 400: Own } })
  t.match(document.components, {
    schemas: {
      ValidationProblem: { required: ['detail'] },
      ValidationProblem2: { required: ['type', 'title', 'status', 'errors'] },
    },
    responses: {
      ValidationProblem: {
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ValidationProblem2' } } },
      },
    },
  })
  t.strictSame(loose(document), [])
})

test('openapi: what refers to itself stands once, wherever it is met', async (t) => {
  const Order = z.object({ tree: Tree }).meta({ id: 'Order' })
  t.strictSame(
    Object.keys(schemasOf({ body: Order, responses: { 200: z.array(Order), 201: Tree, 202: z.array(Tree) } })),
    ['Order', 'Schema1'],
  )
})

test('openapi: an id that two schemas have is told with both operations', async (t) => {
  const app = new Router()
  app.post('/a', { body: z.string().meta({ id: 'Twice' }) }, () => 1)
  app.post('/b', { body: z.int().meta({ id: 'Twice' }) }, () => 1)
  t.throws(() => openapi(app), {
    name: 'TypeError',
    message:
      'Cannot document POST /b: two schemas have the id "Twice", this one and that of POST /a, ' +
      'expected one for each; or the same schema in both places',
  })
})

/** Fields that are hidden, or their components. */
const Trace = z.string().meta({ id: 'Trace', includeInSchema: false })

test('openapi: a field that says so is hidden, also behind a reference', async (t) => {
  const body = z.object({
    a: z.string(),
    b: z.string().meta({ includeInSchema: false }),
    c: Trace,
    d: Trace.optional(),
  })
  const query = z.object({ trace: Trace.optional(), q: z.string(), hidden: z.int().meta({ includeInSchema: false }) })
  const described = operationOf({ body, query, cookies: z.object({ trace: Trace }) })
  t.strictSame(described.requestBody!.content['application/json']!.schema, {
    type: 'object',
    properties: { a: { type: 'string' } },
    required: ['a'],
  })
  t.strictSame(
    described.parameters!.map(({ name }) => name),
    ['q'],
  )
  t.strictSame(Object.keys(described.document.components!.schemas!), ['ValidationProblem'])
})

test('openapi: a hidden schema that stands elsewhere is a component without the word that hides it', async (t) => {
  const body = z.object({ hidden: Trace, includeInSchema: z.array(Trace) })
  t.strictSame(schemasOf({ body }), { Trace: { type: 'string' } })
  t.match(operationOf({ body }).requestBody!.content['application/json']!.schema, {
    properties: { includeInSchema: { items: { $ref: '#/components/schemas/Trace' } } },
    required: ['includeInSchema'],
  })
  t.notOk('required' in operationOf({ body: z.object({ c: Trace }) }).requestBody!.content['application/json']!.schema!)
})
