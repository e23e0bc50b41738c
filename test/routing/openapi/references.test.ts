import { type, scope } from 'arktype'
import { test } from 'tap'
import { z } from 'zod'
import { contract } from '../../../lib/endpoint/contract/contract.ts'
import type { ContractShape } from '../../../lib/endpoint/contract/contract.ts'
import { depends } from '../../../lib/endpoint/dependencies/depends.ts'
import { Application } from '../../../routing/application.ts'
import type { JSONSchema } from '../../../routing/openapi/openapi-document.ts'
import type { OpenAPIInfo } from '../../../routing/openapi/openapi-options.ts'
import { faultsOf, loose, operationOf, parametersOf } from './described.ts'

/** A number that is written as text: its two sides differ. */
const Page = z.string().transform(Number).pipe(z.number()).meta({ id: 'Page' })
const Book = z.object({ title: z.string(), language: z.string().default('en') }).meta({ id: 'Book' })
const Tree = z.object({
  name: z.string().default(''),
  get children() {
    return z.array(Tree)
  },
})
const Shelf = z.object({ tree: Tree, book: Book, more: z.json() }).meta({ id: 'Shelf' })
const node = scope({ node: { 'child?': 'node', value: 'string' } }).export().node
const paging = depends({ query: z.object({ page: Page, size: z.int() }) }, () => 1)

/** Contracts in which references could go astray. */
const nasty: readonly (readonly [what: string, shape: ContractShape, info?: OpenAPIInfo])[] = [
  ['a parameter with two sides', { query: z.object({ page: Page }), responses: { 200: z.object({ page: Page }) } }],
  ['an optional one', { query: z.object({ page: Page.optional() }), responses: { 200: z.object({ page: Page }) } }],
  ['one with words of its own', { query: z.object({ page: Page.describe('Which') }), responses: { 200: Page } }],
  ['one of a header and a cookie', { headers: z.object({ xPage: Page }), cookies: z.object({ p: Page }) }],
  ['one that dependencies need, too', { query: z.object({ page: Page }), dependencies: { paging } }],
  ['one of a union', { query: z.union([z.object({ page: Page }), z.object({ page: z.string() })]) }],
  ['one of an intersection', { query: z.object({ page: Page }).and(z.object({ page: z.string() })) }],
  ['names that clients choose', { query: z.record(z.string(), Page), responses: { 200: Page } }],
  ['a body beside that of a dependency', { body: Book, dependencies: { other: depends({ body: Shelf }, () => 1) } }],
  [
    'what the contract merges over the operation',
    {
      body: Book,
      responses: { 200: Book },
      openapi: { requestBody: { content: { 'application/json': { schema: { title: 'Mine' } } } } },
    },
  ],
  ['recursion without an id within an id', { body: Shelf, responses: { 200: z.array(Shelf), 201: Tree } }],
  ['any JSON', { body: z.json(), responses: { 200: z.object({ a: z.json() }) } }],
  [
    'streams, headers and callbacks',
    {
      responses: {
        200: { schema: Book, stream: 'events' },
        201: { schema: Book, stream: 'json-lines', headers: { 'x-page': { schema: Page } } },
      },
      callbacks: { done: { '{$request.body#/url}': contract({ body: Book, responses: { 200: Book } }) } },
    },
  ],
  ['webhooks', { body: Page }, { webhooks: { added: contract({ body: Book, responses: { 200: Book } }) } }],
  ['recursion of arktype', { body: node, responses: { 200: node.array() } }],
  ['ids with signs', { body: z.object({ a: Page.meta({ id: '100%' }), b: Page.meta({ id: 'a/b~c #d' }) }) }],
  ['ids in percent-encoding', { body: z.object({ a: Page.meta({ id: '%41' }), b: Page.meta({ id: 'A' }) }) }],
  ['an id from the prototype', { body: Book.meta({ id: '__proto__' }), responses: { 200: z.array(Book) } }],
  ['a field from the prototype', { body: z.object({ ['__proto__']: Book }), responses: { 200: Book } }],
]

for (const [what, shape, info = {}] of nasty) {
  test(`openapi: every reference of a document leads somewhere: ${what}`, async (t) => {
    const { document } = operationOf(shape, info)
    t.strictSame(loose(document), [])
    t.equal(await faultsOf(document), null)
  })
}

test('openapi: a parameter refers to what a schema takes', async (t) => {
  const both = { query: z.object({ page: Page, other: Page.optional() }), responses: { 200: Page } }
  const $ref = '#/components/schemas/Page-Input'
  t.strictSame(
    parametersOf(both).map(({ schema }) => schema),
    [{ $ref }, { $ref }],
  )
})

test('openapi: all nasty contracts go together in one document', async (t) => {
  const app = new Application({ openapi: {} })
  for (const [index, [, shape]] of nasty.entries()) app.post(`/${index}`, shape, (() => undefined) as never)
  t.strictSame(loose(app.openapi()), [])
  t.equal(await faultsOf(app.openapi()), null)
})

test('openapi: recursive types of arktype have the same names whatever was made before', async (t) => {
  for (let count = 0; count < 2; count++) {
    const other = scope({ node: { 'child?': 'node', value: 'number' } }).export().node
    const { document } = operationOf({ body: other, responses: { 200: type({ inner: other }) } })
    t.strictSame(Object.keys(document.components!.schemas!), ['Schema1', 'Schema2', 'ValidationProblem'])
  }
})

/** References within a schema of somebody's own, the names of its parts, and the components. */
const own: readonly (readonly [reference: string, name: string, component: string])[] = [
  ['#/$defs/a b', 'a b', 'a_b'],
  ['#/$defs/a%20b', 'a b', 'a_b'],
  ['#/$defs/a~1b', 'a/b', 'a_b'],
  ['#/$defs/%7E0', '~', '_'],
  ['#/definitions/100%', '100%', '100_'],
  ['#/$defs/0', '0', 'Schema1'],
]

/** References that are not followed. */
const foreign = ['#anchor', 'https://example.org/schema#/a', '#/components/schemas/Mine']

for (const [$ref, name, component] of own) {
  test(`openapi: the reference ${$ref} leads to ${component}`, async (t) => {
    const body = { '~standard': { version: 1 as const, vendor: 'own', validate: (value: unknown) => ({ value }) } }
    const jsonSchema = (): JSONSchema => ({ properties: { a: { $ref } }, $defs: { [name]: { type: 'string' } } })
    const { requestBody, document } = operationOf({ body }, { jsonSchema })
    t.strictSame(requestBody!.content['application/json']!.schema!['properties'], {
      a: { $ref: `#/components/schemas/${component}` },
    })
    t.strictSame(loose(document), [])
  })
}

test('openapi: a reference to what is not there says nothing of parameters, and of a body what was said', async (t) => {
  const query = { '~standard': { version: 1 as const, vendor: 'own', validate: (value: unknown) => ({ value }) } }
  for (const [$ref, expected] of [
    ['#/$defs/Missing', '#/components/schemas/Missing'],
    ['#/$defs/100%', '#/components/schemas/100_'],
  ]) {
    const { parameters, document } = operationOf({ query, body: query }, { jsonSchema: () => ({ $ref }) })
    t.equal(parameters, undefined)
    t.strictSame(loose(document), [expected])
  }
})

for (const $ref of foreign) {
  test(`openapi: the reference ${$ref} is kept`, async (t) => {
    const body = { '~standard': { version: 1 as const, vendor: 'own', validate: (value: unknown) => ({ value }) } }
    const { requestBody } = operationOf(
      { body, examples: { body: { one: { $ref } } } },
      { jsonSchema: () => ({ $ref }) },
    )
    t.match(requestBody!.content['application/json'], { schema: { $ref }, examples: { one: { value: { $ref } } } })
  })
}

test('openapi: a schema that is true or false is one', async (t) => {
  const body = { '~standard': { version: 1 as const, vendor: 'own', validate: (value: unknown) => ({ value }) } }
  const { document } = operationOf(
    { body },
    { jsonSchema: () => ({ anyOf: [{ $ref: '#/$defs/Never' }, true], $defs: { Never: false } }) },
  )
  t.match(document.components, { schemas: { Never: false } })
  t.match(document.paths['/it']!['post']!.requestBody!.content['application/json']!.schema, { anyOf: [{}, true] })
})
