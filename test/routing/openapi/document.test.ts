import type { OpenAPIV3_1 } from 'openapi-types'
import { test } from 'tap'
import { type } from 'arktype'
import { z } from 'zod'
import { contract } from '../../../lib/endpoint/contract/contract.ts'
import { contractEndpoint } from '../../../lib/endpoint/contract/contract-endpoint.ts'
import { depends } from '../../../lib/endpoint/dependencies/depends.ts'
import { withScopes } from '../../../lib/endpoint/dependencies/scopes.ts'
import { apiKey } from '../../../lib/endpoint/security/api-key.ts'
import { httpBasic } from '../../../lib/endpoint/security/http-basic.ts'
import { httpBearer } from '../../../lib/endpoint/security/http-bearer.ts'
import { httpDigest } from '../../../lib/endpoint/security/http-digest.ts'
import { oauth2AuthorizationCode } from '../../../lib/endpoint/security/oauth2.ts'
import { openIdConnect } from '../../../lib/endpoint/security/open-id-connect.ts'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import { Application } from '../../../routing/application.ts'
import { PathPattern } from '../../../routing/path-pattern.ts'
import type { OperationObject } from '../../../routing/openapi/openapi-document.ts'
import { openapi } from '../../../routing/openapi/openapi.ts'
import { Router } from '../../../routing/router.ts'
import { faultsOf, operationOf } from './described.ts'
import { libraryAPI } from './library-api.ts'

const document = libraryAPI().openapi()
const at = (path: string, method: string): OperationObject => document.paths[path]![method]!

test('openapi: the document of an API with everything is valid by the official schema', async (t) => {
  t.equal(await faultsOf(document), null)
})

test('openapi: tools find in the document what their types promise', async (t) => {
  const typed = document as unknown as OpenAPIV3_1.Document
  const operation = typed.paths!['/books']!.post!
  t.equal((operation.requestBody as OpenAPIV3_1.RequestBodyObject).required, true)
  t.strictSame(operation.security, [{ oauth2Password: ['books:write'] }])
  const scheme = typed.components?.securitySchemes?.['oauth2Password'] as OpenAPIV3_1.OAuth2SecurityScheme
  t.equal(scheme.flows.password?.tokenUrl, '/token')
  const author = typed.components?.schemas?.['Author']
  t.strictSame((author as OpenAPIV3_1.NonArraySchemaObject).required, ['name'])
})

test('openapi: says what the options say', async (t) => {
  t.strictSame(document.info, {
    title: 'Library <1>',
    version: '1.2.3',
    summary: 'Books',
    description: 'All the *books*.',
    termsOfService: 'https://example.org/terms',
    contact: { name: 'Library', email: 'library@example.org' },
    license: { name: 'MIT', identifier: 'MIT' },
  })
  t.strictSame(document.tags, [{ name: 'books', description: 'Reading' }, { name: 'files' }])
  t.strictSame(document.externalDocs, { url: 'https://example.org/more' })
  t.equal(document.servers, undefined)
})

test('openapi: an app without options has a document with a title', async (t) => {
  const empty = new Application().openapi()
  t.strictSame(empty, { openapi: '3.1.1', info: { title: 'API', version: '0.1.0' }, paths: {} })
  t.equal(await faultsOf(empty), null)
})

test('openapi: servers, security and security schemes of the options stand at the top', async (t) => {
  const described = openapi(new Router(), {
    servers: [{ url: 'https://example.org' }],
    security: [{ proxy: [] }],
    securitySchemes: { proxy: { type: 'mutualTLS' } },
  })
  t.match(described, {
    servers: [{ url: 'https://example.org' }],
    security: [{ proxy: [] }],
    components: { securitySchemes: { proxy: { type: 'mutualTLS' } } },
  })
  t.equal(await faultsOf(described), null)
})

test('openapi: transform gives the document its last form', async (t) => {
  t.match(openapi(new Router(), { transform: (given) => ({ ...given, 'x-logo': 'logo.svg' }) }), {
    'x-logo': 'logo.svg',
  })
})

test('openapi: has routes with a contract, and no others', async (t) => {
  t.strictSame(Object.keys(document.paths), [
    '/books',
    '/books/{id}',
    '/books/{id}/cover',
    '/scans',
    '/token',
    '/lines',
    '/events',
    '/files/{path}',
    '/people/{uuid}',
    '/shelves/{id2}/{id}',
    '/admin',
  ])
})

test('openapi: HEAD, which comes with GET, is left out; HEAD with a contract of its own is not', async (t) => {
  const app = new Router()
  app.get('/both', {}, () => ({}))
  app.add(contract('HEAD', '/head', {}), () => undefined)
  app.add(contract('OPTIONS', '/options', {}), () => undefined)
  app.add(contract('TRACE', '/trace', {}), () => undefined)
  const methods = Object.values(openapi(app).paths).map((item) => Object.keys(item))
  t.strictSame(methods, [['get'], ['head'], ['options'], ['trace']])
})

test('openapi: QUERY stands as an extension, since 3.1 has no word for it', async (t) => {
  t.strictSame(Object.keys(document.paths['/books']!), ['get', 'post', 'x-query'])
})

test('openapi: paths that differ in the names of their parameters are one', async (t) => {
  t.equal(at('/books/{id}', 'delete').parameters![0]!.name, 'id')
})

test('openapi: of two operations for one method and path the first stands in the document', async (t) => {
  const app = new Router()
  app.get('/{id:int}', { summary: 'first' }, () => ({}))
  app.get('/{name}', { summary: 'second' }, () => ({}))
  t.match(openapi(app).paths, { '/{id}': { get: { summary: 'first' } } })
})

test('openapi: converters describe the parameters of the path', async (t) => {
  const even = { regex: /[02468]/, convert: Number, format: String }
  const shout = { ...even, jsonSchema: { type: 'string', pattern: '^[A-Z]+$' } }
  const app = new Router()
  app.get(
    new PathPattern('/{a}/{b:int}/{c:float}/{d:uuid}/{e:even}/{f:shout}/{g:path}', { even, shout }),
    {},
    () => ({}),
  )
  const schemas = openapi(app).paths['/{a}/{b}/{c}/{d}/{e}/{f}/{g}']!['get']!.parameters!.map(({ schema }) => schema)
  t.strictSame(schemas, [
    { type: 'string' },
    { type: 'integer', minimum: 0 },
    { type: 'number', minimum: 0 },
    { type: 'string', format: 'uuid' },
    { type: 'string', pattern: '^(?:[02468])$' },
    { type: 'string', pattern: '^[A-Z]+$' },
    { type: 'string' },
  ])
})

test('openapi: a schema for the path says more than converters do', async (t) => {
  const app = new Router()
  const path = z.object({ id: z.int().max(9).meta({ description: 'A digit' }), other: z.unknown() })
  app.get('/{id:int}/{other}', { path, examples: { path: { one: { id: 1 } } } }, () => ({}))
  t.strictSame(openapi(app).paths['/{id}/{other}']!['get']!.parameters, [
    {
      name: 'id',
      in: 'path',
      required: true,
      description: 'A digit',
      schema: { type: 'integer', maximum: 9 },
      examples: { one: { value: 1 } },
    },
    { name: 'other', in: 'path', required: true, schema: { type: 'string' } },
  ])
})

test('openapi: literal text of a path is percent-encoded', async (t) => {
  const app = new Router()
  app.get('/a b/{id}/ü', {}, () => ({}))
  t.strictSame(Object.keys(openapi(app).paths), ['/a%20b/{id}/%C3%BC'])
})

test('openapi: query, header and cookie schemas become parameters', async (t) => {
  t.strictSame(at('/books', 'get').parameters, [
    {
      name: 'q',
      in: 'query',
      description: 'Words of the title',
      deprecated: true,
      schema: { type: 'string' },
      examples: { words: { value: 'emma' } },
    },
    {
      name: 'limit',
      in: 'query',
      schema: { default: 10, type: 'integer', maximum: 100 },
      examples: { words: { value: 5 } },
    },
    { name: 'tag', in: 'query', schema: { type: 'array', items: { type: 'string' } }, style: 'form', explode: true },
    { name: 'order', in: 'query', schema: { default: 'title', type: 'string', enum: ['title', 'pages'] } },
    { name: 'user-agent', in: 'header', schema: { type: 'string' } },
    { name: 'shelf', in: 'cookie', schema: { type: 'string' } },
  ])
})

const a = z.object({ a: z.string(), kind: z.literal('a') })
const b = z.object({ b: z.string().optional(), kind: z.literal('b') })

/** Schemas of a query, and its parameters: name and whether required. */
const queries: readonly (readonly [what: string, query: z.ZodType, expected: readonly unknown[]])[] = [
  [
    'a union',
    z.union([a, b]),
    [
      ['a', undefined],
      ['kind', true],
      ['b', undefined],
    ],
  ],
  [
    'three variants',
    z.union([a, b, z.object({ kind: z.int() })]),
    [
      ['a', undefined],
      ['kind', true],
      ['b', undefined],
    ],
  ],
  [
    'an intersection',
    z.intersection(a.meta({ id: 'A' }), z.object({ c: z.string() })),
    [
      ['a', true],
      ['kind', true],
      ['c', true],
    ],
  ],
  ['a hidden parameter', z.object({ x: z.string().meta({ includeInSchema: false }), y: z.string() }), [['y', true]]],
  ['what is no object', z.unknown(), []],
]

for (const [what, query, expected] of queries) {
  test(`openapi: a query of ${what}`, async (t) => {
    const { parameters = [], document: whole } = operationOf({ query })
    t.strictSame(
      parameters.map(({ name, required }) => [name, required]),
      expected,
    )
    t.equal(await faultsOf(whole), null)
  })
}

test('openapi: variants that describe a parameter differently stand side by side', async (t) => {
  const { parameters } = operationOf({
    query: z.union([a, b, z.object({ kind: z.int() }), z.object({ kind: z.int() })]),
  })
  t.strictSame(parameters!.find(({ name }) => name === 'kind')!.schema, {
    anyOf: [{ type: 'string', const: 'a' }, { type: 'string', const: 'b' }, { type: 'integer' }, { type: 'integer' }],
  })
})

test('openapi: a query of names that clients choose is one parameter', async (t) => {
  const query = z.record(z.string(), z.int())
  const { parameters, document: whole } = operationOf({ query, examples: { query: { one: { value: { x: 1 } } } } })
  t.match(parameters, [
    { name: 'query', in: 'query', style: 'form', explode: true, schema: { additionalProperties: { type: 'integer' } } },
  ])
  t.strictSame(parameters![0]!.examples, { one: { value: { x: 1 } } })
  t.equal(await faultsOf(whole), null)
})

test('openapi: a nullable list is a list, and so is one behind a reference', async (t) => {
  const Tags = z.array(z.string()).meta({ id: 'Tags' })
  const { parameters } = operationOf({ query: z.object({ x: z.array(z.int()).nullable(), y: Tags }) })
  t.match(parameters, [
    { style: 'form', explode: true },
    { style: 'form', explode: true },
  ])
})

test('openapi: dependencies ask for parameters and bodies, too', async (t) => {
  const page = depends({ query: z.object({ page: z.int() }), headers: z.object({ trace_id: z.string() }) }, () => 1)
  const other = depends({ query: z.object({ page: z.int(), size: z.int() }) }, () => 1)
  const text = depends({ body: z.object({ b: z.string() }) }, () => 1)
  const described = operationOf({ dependencies: { page, other, text }, body: z.object({ a: z.string() }) })
  t.strictSame(
    described.parameters!.map((parameter) => `${parameter.in} ${parameter.name}`),
    ['query page', 'query size', 'header trace-id'],
  )
  t.match(described.requestBody, {
    content: { 'application/json': { schema: { allOf: [{ required: ['a'] }, { required: ['b'] }] } } },
  })
})

test('openapi: describes JSON bodies with their examples', async (t) => {
  t.match(at('/books', 'post').requestBody, {
    required: true,
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/Book-Input' },
        examples: { emma: { value: { title: 'Emma' } }, other: { summary: 'Other', value: { title: 'x' } } },
      },
    },
  })
})

/** Examples, and how they stand in the document. */
const examples: readonly (readonly [given: unknown, expected: object])[] = [
  ['text', { value: 'text' }],
  [null, { value: null }],
  [{ summary: 'no value' }, { value: { summary: 'no value' } }],
  [{ value: 1, other: 2 }, { value: { value: 1, other: 2 } }],
  [{ externalValue: 'https://example.org/1' }, { externalValue: 'https://example.org/1' }],
]

for (const [given, expected] of examples) {
  test(`openapi: the example ${JSON.stringify(given)}`, async (t) => {
    const { requestBody } = operationOf({ body: z.unknown(), examples: { body: { one: given } } })
    t.strictSame(requestBody!.content['application/json']!.examples, { one: expected })
    const { parameters } = operationOf({ query: z.object({ a: z.string() }), examples: { query: { one: given } } })
    t.equal(parameters![0]!.examples, undefined)
  })
}

test('openapi: examples of a form stand with each of its media types', async (t) => {
  const { requestBody } = operationOf({ form: z.object({ a: z.string() }), examples: { form: { one: { a: 'x' } } } })
  const stands = { examples: { one: { value: { a: 'x' } } } }
  t.match(requestBody!.content, { 'application/x-www-form-urlencoded': stands, 'multipart/form-data': stands })
})

test('openapi: a body that may be missing is not required', async (t) => {
  t.equal(at('/books', 'x-query').requestBody!.required, false)
})

test('openapi: a form is urlencoded or multipart; one with files is multipart', async (t) => {
  t.strictSame(Object.keys(at('/token', 'post').requestBody!.content), [
    'application/x-www-form-urlencoded',
    'multipart/form-data',
  ])
  t.match(at('/books/{id}/cover', 'put').requestBody!.content, {
    'multipart/form-data': {
      schema: {
        properties: { cover: { type: 'string', format: 'binary', contentMediaType: 'application/octet-stream' } },
      },
    },
  })
  t.strictSame(Object.keys(at('/scans', 'post').requestBody!.content), ['multipart/form-data'])
})

/** Files, and how they are described. */
const files: readonly (readonly [file: z.ZodType, expected: object])[] = [
  [z.file(), { type: 'string', format: 'binary', contentMediaType: 'application/octet-stream' }],
  [z.file().mime('image/png'), { type: 'string', format: 'binary', contentMediaType: 'image/png' }],
  [
    z.file().mime(['image/png', 'image/jpeg']),
    {
      type: 'string',
      format: 'binary',
      anyOf: [{ contentMediaType: 'image/png' }, { contentMediaType: 'image/jpeg' }],
    },
  ],
  [z.instanceof(File), { type: 'string', format: 'binary', contentMediaType: 'application/octet-stream' }],
  [z.instanceof(Blob), { type: 'string', format: 'binary', contentMediaType: 'application/octet-stream' }],
]

for (const [index, [file, expected]] of files.entries()) {
  test(`openapi: a file, ${index}`, async (t) => {
    const { content } = operationOf({ form: z.object({ file }) }).requestBody!
    t.strictSame((content['multipart/form-data']!.schema!['properties'] as { file: object }).file, expected)
  })
}

test('openapi: describes declared answers, with headers, links and ranges', async (t) => {
  t.match(at('/books', 'get').responses['200'], {
    description: 'OK',
    headers: { 'x-total': { description: 'All of them', schema: { type: 'integer' } } },
    content: { 'application/json': { schema: { items: { $ref: '#/components/schemas/Book-Output' } } } },
  })
  t.match(at('/books', 'post').responses['201'], {
    description: 'It is on the shelf',
    links: { self: { operationId: 'getBook' } },
  })
  t.strictSame(Object.keys(at('/books/{id}', 'get').responses), ['200', '404', '5XX', 'default'])
  t.strictSame(at('/books/{id}', 'delete').responses, { 204: { description: 'No Content' } })
  t.match(at('/files/{path}', 'get').responses['200'], { content: { 'text/plain': {} } })
})

test('openapi: an answer has a description, and a field without a schema is text', async (t) => {
  const { responses } = operationOf({ responses: { 299: { headers: { 'x-a': {} } }, '4XX': { description: 'Bad' } } })
  t.strictSame(responses, {
    299: { description: 'Status 299', headers: { 'x-a': { schema: { type: 'string' } } } },
    '4XX': { description: 'Bad' },
  })
})

test('openapi: examples of an answer stand with its content', async (t) => {
  const { responses } = operationOf({ responses: { 200: { examples: { one: { id: 1 } } } } })
  t.match(responses['200'], { content: { 'application/json': { examples: { one: { value: { id: 1 } } } } } })
})

test('openapi: without a declared success there is a 200 with anything', async (t) => {
  const { responses } = operationOf({ responses: { 404: null } })
  t.match(responses['200'], { description: 'OK', content: { 'application/json': { schema: {} } } })
  t.strictSame(Object.keys(operationOf({ responses: { 302: null } }).responses), ['302'])
})

test('openapi: streams are arrays of their items', async (t) => {
  t.strictSame(at('/lines', 'get').responses['200'], {
    description: 'OK',
    content: { 'application/jsonl': { schema: { type: 'array', items: { $ref: '#/components/schemas/Author' } } } },
  })
  t.match(at('/events', 'get').responses['200'], {
    content: {
      'text/event-stream': {
        schema: {
          type: 'array',
          items: {
            properties: {
              data: { contentMediaType: 'application/json', contentSchema: { $ref: '#/components/schemas/Author' } },
            },
          },
        },
      },
    },
  })
  t.match(operationOf({ responses: { 200: { mediaType: 'application/jsonl' } } }).responses['200'], {
    content: { 'application/jsonl': { schema: { type: 'array', items: {} } } },
  })
})

test('openapi: what is validated may be answered with 422', async (t) => {
  const { responses, document: whole } = operationOf({ query: z.object({ a: z.int() }) })
  t.strictSame(responses['422'], { $ref: '#/components/responses/ValidationProblem' })
  t.match(whole.components!.responses, {
    ValidationProblem: {
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ValidationProblem' } } },
    },
  })
  t.equal(operationOf({}).responses['422'], undefined)
})

test('openapi: a declared 422 stands as it is declared', async (t) => {
  const { responses } = operationOf({ body: z.string(), responses: { 422: { description: 'Own' } } })
  t.match(responses['422'], { description: 'Own' })
})

test('openapi: the answer 422 can be another one, or none', async (t) => {
  const body = z.string()
  const own = operationOf({ body }, { validationProblem: { description: 'Own' } })
  t.strictSame(own.document.components, { responses: { ValidationProblem: { description: 'Own' } } })
  t.equal(operationOf({ body }, { validationProblem: null }).responses['422'], undefined)
})

test('openapi: callbacks and webhooks are operations without answers of ours', async (t) => {
  const called = at('/books', 'post').callbacks!['stored']!['{$request.body#/callback}']!['post']!
  t.strictSame(Object.keys(called.responses), ['204'])
  t.equal(called.operationId, undefined)
  t.match(document.webhooks, { bookLent: { post: { summary: 'A book was lent' } } })
})

test('openapi: a webhook has the method of its contract', async (t) => {
  const hook = contract('PUT', '/ignored', { operationId: 'hook' })
  t.match(openapi(new Router(), { webhooks: { hook } }).webhooks, { hook: { put: { operationId: 'hook' } } })
  const odd = contract('QUERY', '/ignored', {})
  t.match(openapi(new Router(), { webhooks: { odd } }).webhooks, { odd: { 'x-query': {} } })
})

test('openapi: security schemes stand with the scopes that they are asked for with', async (t) => {
  t.strictSame(at('/books', 'post').security, [{ oauth2Password: ['books:write'] }])
  t.strictSame(Object.keys(at('/books', 'post').responses), ['201', '401', '403', '409', '422'])
  t.match(document.components!.securitySchemes, {
    oauth2Password: {
      type: 'oauth2',
      flows: { password: { tokenUrl: '/token', scopes: { 'books:write': 'Change books' } } },
    },
    apiKey: { type: 'apiKey', in: 'header', name: 'x-key' },
  })
})

test('openapi: schemes that let requests through are alternatives, to none as well', async (t) => {
  t.strictSame(at('/books/{id}', 'get').security, [{ apiKey: [] }, {}])
  t.equal(at('/books/{id}', 'get').responses['401'], undefined)
  const basic = httpBasic({ autoError: false })
  const bearer = httpBearer({ autoError: false })
  const needed = apiKey({ in: 'query', name: 'key' })
  t.strictSame(operationOf({ security: [basic, bearer, needed] }).security, [
    { apiKey: [], httpBasic: [] },
    { apiKey: [], httpBearer: [] },
    { apiKey: [] },
  ])
})

test('openapi: every kind of security scheme is valid', async (t) => {
  const { document: whole } = operationOf({
    security: [
      httpBasic(),
      httpBearer({ bearerFormat: 'JWT' }),
      httpDigest({ description: 'Digest' }),
      apiKey({ in: 'cookie', name: 'session' }),
      oauth2AuthorizationCode({
        authorizationUrl: 'https://example.org/a',
        tokenUrl: 'https://example.org/t',
        scopes: { a: 'A' },
      }),
      withScopes(openIdConnect({ openIdConnectUrl: 'https://example.org/.well-known/openid-configuration' }), ['a']),
    ],
  })
  t.equal(Object.keys(whole.components!.securitySchemes!).length, 6)
  t.equal(await faultsOf(whole), null)
})

test('openapi: a scheme that WebSockets alone need stands in the document when the options name it', async (t) => {
  const key = apiKey({ in: 'query', name: 'key', description: 'For sockets' })
  const app = new Application()
  app.websocket('/chat', { security: [key] }, async ({ websocket }) => websocket.accept())
  t.equal(openapi(app).components?.securitySchemes, undefined)
  const described = openapi(app, { securitySchemes: { [key.schemeName]: key.description } })
  t.strictSame(described.components?.securitySchemes, { apiKey: key.description })
  t.equal(await faultsOf(described), null)
})

test('openapi: dependencies of routers, mounts, hosts and routes count', async (t) => {
  const key = apiKey({ in: 'header', name: 'x-key' })
  const inner = new Router({ dependencies: [key] })
  inner.get('/a', {}, () => ({}))
  const app = new Router()
  app.mount('/mount', inner)
  app.host('example.org', inner, { dependencies: [httpBasic()] })
  app.get('/own', {}, () => ({}), { dependencies: [httpBearer()] })
  app.include(inner, { prefix: '/include', dependencies: [httpDigest()] })
  const { paths } = openapi(app)
  t.strictSame(paths['/mount/a']!['get']!.security, [{ apiKey: [] }])
  t.strictSame(paths['/a']!['get']!.security, [{ httpBasic: [], apiKey: [] }])
  t.strictSame(paths['/own']!['get']!.security, [{ httpBearer: [] }])
  t.strictSame(paths['/include/a']!['get']!.security, [{ httpDigest: [], apiKey: [] }])
})

test('openapi: an include adds tags, deprecation and answers, or hides its routes', async (t) => {
  t.match(at('/people/{uuid}', 'get'), {
    tags: ['people'],
    deprecated: true,
    responses: { 418: {} },
    security: [{ apiKey: [] }, {}],
  })
  const inner = new Router()
  inner.get('/a', { deprecated: false, tags: ['x', 'y'] }, () => ({}))
  const app = new Router()
  app.include(inner, { prefix: '/a', tags: ['y'], deprecated: true })
  app.include(inner, { prefix: '/b', includeInSchema: false })
  t.strictSame(Object.keys(openapi(app).paths), ['/a/a'])
  t.match(openapi(app).paths['/a/a']!['get'], { tags: ['y', 'x'], deprecated: undefined })
})

test('openapi: a parameter of a mount steps back for one of the same name further in', async (t) => {
  t.strictSame(
    at('/shelves/{id2}/{id}', 'get').parameters!.map(({ name }) => name),
    ['id2', 'id'],
  )
})

test('openapi: a host is the server of its operations', async (t) => {
  t.strictSame(at('/admin', 'get').servers, [
    { url: '//{tenant}.example.org', variables: { tenant: { default: 'tenant' } } },
  ])
  const app = new Router()
  const inner = new Router()
  inner.get('/a', {}, () => ({}))
  app.host('api.example.org', inner)
  app.mount('/foreign', () => Promise.resolve())
  t.strictSame(openapi(app).paths['/a']!['get']!.servers, [{ url: '//api.example.org' }])
})

test('openapi: what the contract says of the operation itself wins', async (t) => {
  const described = at('/people/{uuid}', 'get') as OperationObject & { 'x-cached': boolean }
  t.equal(described['x-cached'], true)
  t.match(described.responses['200'], { description: 'Somebody', content: { 'application/json': {} } })
})

test('openapi: an operation has its own words', async (t) => {
  t.match(operationOf({ summary: 'Does it', description: 'At *once*' }), {
    summary: 'Does it',
    description: 'At *once*',
  })
})

test('openapi: methods that OpenAPI has no word for are left out', async (t) => {
  const app = new Router()
  app.route(
    '/it',
    contractEndpoint(contract({}), () => ({})),
    { methods: ['PURGE', 'PUT', 'PATCH'] },
  )
  t.strictSame(Object.keys(openapi(app).paths['/it']!), ['put', 'patch'])
})

test('openapi: a file that may be null makes a form multipart', async (t) => {
  const { content } = operationOf({ form: z.object({ file: z.file().nullable() }) }).requestBody!
  t.strictSame(Object.keys(content), ['multipart/form-data'])
})

test('openapi: a parameter that both sides of an intersection have is required when one of them says so', async (t) => {
  const query = z.intersection(
    z.object({ a: z.string().optional(), b: z.string() }).meta({ id: 'One' }),
    z.object({ a: z.string(), b: z.int().optional() }).meta({ id: 'Other' }),
  )
  t.strictSame(
    operationOf({ query }).parameters!.map(({ name, required, schema }) => [name, required, schema]),
    [
      ['a', true, { type: 'string' }],
      ['b', true, { allOf: [{ type: 'string' }, { type: 'integer' }] }],
    ],
  )
})

test('openapi: references to components that the options add are kept', async (t) => {
  const query = { '~standard': { version: 1 as const, vendor: 'own', validate: (value: unknown) => ({ value }) } }
  const mine = { $ref: '#/components/schemas/Mine' }
  const { parameters, requestBody } = operationOf({ query, body: query }, { jsonSchema: () => mine })
  t.equal(parameters, undefined)
  t.strictSame(requestBody!.content['application/json']!.schema, mine)
})

test('openapi: operations are named after their method and path', async (t) => {
  const app = new Router()
  for (const path of ['/', '/users/{id}', '/users-by/{id}/x_y', '/users/by-id']) app.get(path, {}, () => ({}))
  const ids = Object.values(openapi(app).paths).map((item) => item['get']!.operationId)
  t.strictSame(ids, ['getRoot', 'getUsersById', 'getUsersByByIdXY', 'getUsersById2'])
})

test('openapi: a function of the options names operations', async (t) => {
  const app = new Router()
  app.get('/users/{id}', { tags: ['a'] }, function readUser() {
    return {}
  })
  const { paths } = openapi(app, {
    operationId: ({ method, path, name, tags }) => `${method} ${path} ${name} ${tags[0]}`,
  })
  t.equal(paths['/users/{id}']!['get']!.operationId, 'GET /users/{id} readUser a')
})

/** Set-ups that cannot be described, and what is said. */
const refused: readonly (readonly [what: string, app: () => unknown, said: string])[] = [
  [
    'an operationId that stands twice',
    () => {
      const app = new Router()
      app.get('/a', { operationId: 'x' }, () => ({}))
      app.get('/b', { operationId: 'x' }, () => ({}))
      return openapi(app)
    },
    'Cannot document GET /b: the operationId "x" is that of GET /a, expected one of its own; without one it is made of the method and the path',
  ],
  [
    'an operationId that a function makes twice',
    () => {
      const app = new Router()
      app.get('/a', {}, () => ({}))
      app.get('/b', {}, () => ({}))
      return openapi(app, { operationId: () => 'x' })
    },
    'Cannot document GET /b: the operationId "x" is that of GET /a, expected one of its own; without one it is made of the method and the path',
  ],
  [
    'two schemas with one id',
    () => {
      const one = z.object({ a: z.string() }).meta({ id: 'Twice' })
      const other = z.object({ b: z.string() }).meta({ id: 'Twice' })
      return operationOf({ responses: { 200: one, 201: other } })
    },
    'Cannot document POST /it: two schemas have the id "Twice", this one and that of POST /it, expected one for each; or the same schema in both places',
  ],
  [
    'two security schemes with one name',
    () => operationOf({ security: [apiKey({ in: 'query', name: 'a' }), apiKey({ in: 'query', name: 'b' })] }),
    'Cannot document POST /it: two security schemes are called "apiKey", expected a "schemeName" for each',
  ],
  [
    'a security scheme with a name that is none',
    () => operationOf({ security: [httpBasic({ schemeName: 'a b' })] }),
    'Cannot document POST /it: its security scheme is called "a b", expected letters, digits, ".", "-" and "_"',
  ],
]

for (const [what, app, said] of refused) {
  test(`openapi: refuses ${what}`, async (t) => {
    t.throws(app, { name: 'TypeError', message: said })
  })
}

test('openapi: the sides of a schema have names of their own where they differ, and only there', async (t) => {
  t.strictSame(Object.keys(document.components!.schemas!), [
    'Book-Input',
    'Book-Output',
    'Author',
    'Fault',
    'ValidationProblem',
  ])
})

test('openapi: what refers to a schema with two sides has two sides', async (t) => {
  const Inner = z.object({ a: z.string().default('') }).meta({ id: 'Inner' })
  const Outer = z.object({ inner: Inner }).meta({ id: 'Outer' })
  const { document: whole } = operationOf({ body: Outer, responses: { 200: Outer } })
  t.strictSame(Object.keys(whole.components!.schemas!), [
    'Outer-Input',
    'Outer-Output',
    'Inner-Input',
    'Inner-Output',
    'ValidationProblem',
  ])
  t.match(whole.components!.schemas!['Outer-Output'], {
    properties: { inner: { $ref: '#/components/schemas/Inner-Output' } },
  })
})

test('openapi: a schema without an id that refers to itself becomes a component', async (t) => {
  const Tree = z.object({
    name: z.string(),
    get children() {
      return z.array(Tree)
    },
  })
  const body = z.object({ one: Tree, two: Tree.optional() })
  const { requestBody, responses, document: whole } = operationOf({ body, responses: { 200: Tree } })
  t.match(responses['200'], {
    content: { 'application/json': { schema: { $ref: /^#\/components\/schemas\/Schema\d$/ } } },
  })
  t.match(requestBody!.content['application/json']!.schema, {
    properties: { one: { $ref: /^#\/components\/schemas\/Schema\d$/ } },
  })
  t.equal(await faultsOf(whole), null)
})

test('openapi: a property that is called like a keyword is a property', async (t) => {
  const body = z.object({ $ref: z.string(), default: z.string().meta({ id: 'Text' }), enum: z.enum(['a']) })
  const { requestBody } = operationOf({ body })
  t.match(requestBody!.content['application/json']!.schema, {
    properties: { $ref: { type: 'string' }, default: { $ref: '#/components/schemas/Text' }, enum: { enum: ['a'] } },
  })
})

test('openapi: names of schemas become names of components', async (t) => {
  const { document: whole } = operationOf({ body: z.string().meta({ id: 'a/b~c d' }) })
  t.match(whole.components!.schemas, { a_b_c_d: { type: 'string' } })
})

test('openapi: what JSON Schema has no word for is described as JSON has it', async (t) => {
  const body = z.object({
    date: z.date(),
    big: z.bigint(),
    custom: z.custom(() => true),
    map: z.map(z.string(), z.int()),
  })
  t.strictSame(operationOf({ body }).requestBody!.content['application/json']!.schema!['properties'], {
    date: { type: 'string', format: 'date-time' },
    big: { type: 'integer' },
    custom: {},
    map: {},
  })
})

test('openapi: outputs do not forbid what they do not name; schemas that do, do', async (t) => {
  const { responses } = operationOf({
    responses: { 200: z.object({ a: z.int() }), 201: z.strictObject({}), 202: z.object({}).catchall(z.int()) },
  })
  const schemaOf = (status: string): unknown =>
    (responses[status] as { content: Record<string, { schema: unknown }> }).content['application/json']!.schema
  t.strictSame(schemaOf('200'), { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] })
  t.match(schemaOf('201'), { additionalProperties: false })
  t.match(schemaOf('202'), { additionalProperties: { type: 'integer' } })
})

test('openapi: schemas of arktype describe themselves', async (t) => {
  const { requestBody, document: whole } = operationOf({ body: type({ name: 'string', when: 'Date' }) })
  t.match(requestBody!.content['application/json']!.schema, { required: ['name', 'when'] })
  t.equal(await faultsOf(whole), null)
})

test('openapi: a zod that describes nothing by itself is described by the function of the package', async (t) => {
  const Item = z.object({ at: z.date().default(new Date(0)) }).meta({ id: 'Item' })
  const { validate } = Item['~standard']
  const body = Object.create(Item, { '~standard': { value: { vendor: 'zod', version: 1, validate } } }) as z.ZodType
  t.match(operationOf({ body }).requestBody!.content['application/json']!.schema, {
    properties: { at: { type: 'string', format: 'date-time' } },
  })
})

test('openapi: a schema that nobody can describe may be anything, unless the options describe it', async (t) => {
  const body = { '~standard': { version: 1 as const, vendor: 'own', validate: (value: unknown) => ({ value }) } }
  t.strictSame(operationOf({ body }).requestBody!.content['application/json']!.schema, {})
  const described = operationOf(
    { body, query: z.object({ a: z.string() }) },
    { jsonSchema: (schema, side) => (schema === body ? { type: 'string', title: side } : null) },
  )
  t.strictSame(described.requestBody!.content['application/json']!.schema, { type: 'string', title: 'input' })
  t.equal(described.parameters![0]!.name, 'a')
})

test('openapi: references into a schema and to other documents are kept', async (t) => {
  const body = { '~standard': { version: 1 as const, vendor: 'own', validate: (value: unknown) => ({ value }) } }
  const jsonSchema = {
    type: 'object',
    properties: { a: { type: 'string' }, b: { $ref: '#/properties/a' }, c: { $ref: 'https://example.org/schema' } },
    definitions: {
      D: { type: ['integer', 'null'], not: { enum: [1] }, allOf: [true, { $ref: '#/definitions/E' }] },
      E: {},
    },
    oneOf: [{ $ref: '#/definitions/D' }, { required: ['a'] }],
  }
  const { requestBody, document: whole } = operationOf({ body }, { jsonSchema: () => jsonSchema })
  t.strictSame(requestBody!.content['application/json']!.schema, { $ref: '#/components/schemas/Schema1' })
  t.match(whole.components!.schemas!['Schema1'], {
    properties: { b: { $ref: '#/components/schemas/Schema1/properties/a' }, c: { $ref: 'https://example.org/schema' } },
    oneOf: [{ $ref: '#/components/schemas/D' }, {}],
  })
  t.strictSame(jsonSchema.properties.b, { $ref: '#/properties/a' }, 'the schema of the library is as it was')
})

test('openapi: 500 routes are described within the budget, generously', async (t) => {
  const app = new Router()
  for (let index = 0; index < 500; index++) {
    const Item = z
      .object({ id: z.int(), name: z.string().min(1), tags: z.array(z.string()).default([]) })
      .meta({ id: `Item${index}` })
    app.post(
      `/items${index}/{id:int}`,
      { query: z.object({ page: z.coerce.number() }), body: Item, responses: { 201: Item } },
      () => new PlainTextResponse('x'),
    )
  }
  const before = process.cpuUsage()
  const described = openapi(app)
  const { user } = process.cpuUsage(before)
  t.equal(Object.keys(described.paths).length, 500)
  t.ok(user / 1000 < 3000, `${user / 1000} ms`)
})
