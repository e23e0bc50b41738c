import { test } from 'tap'
import { z } from 'zod'
import { contract } from '../../../../lib/endpoint/contract/contract.ts'
import type { ContractShape } from '../../../../lib/endpoint/contract/contract.ts'
import { contractEndpoint, contractOf } from '../../../../lib/endpoint/contract/contract-endpoint.ts'
import type { ContractFunction } from '../../../../lib/endpoint/contract/contract-function.ts'
import { exceptionHandler } from '../../../../lib/endpoint/exception-handlers.ts'
import { RequestValidationError } from '../../../../lib/endpoint/validation/request-validation-error.ts'
import { UploadFile } from '../../../../lib/http/upload-file.ts'
import { JSONResponse } from '../../../../lib/response/json-response.ts'
import { PlainTextResponse } from '../../../../lib/response/plain-text-response.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'
import { Route } from '../../../../routing/route.ts'

/** An application with one route for POST and GET. */
function appWith<const Shape extends ContractShape>(
  shape: Shape,
  endpoint: ContractFunction<Shape>,
  path = '/',
): Application {
  const route = new Route(path, contractEndpoint(contract(shape), endpoint), { methods: ['GET', 'POST'] })
  return new Application({ routes: [route] })
}

const Item = z.object({ name: z.string().min(1), price: z.number().positive() })

test('contractEndpoint: gives the endpoint what was declared, validated', async (t) => {
  const app = appWith(
    {
      path: z.object({ id: z.number() }),
      query: z.object({ tag: z.array(z.string()), page: z.number().default(1) }),
      headers: z.object({ userAgent: z.string() }),
      cookies: z.object({ theme: z.enum(['dark', 'light']) }),
      body: Item,
    },
    ({ params, query, headers, cookies, body, request }) => ({
      ...params,
      ...query,
      ...headers,
      ...cookies,
      ...body,
      method: request.method,
    }),
    '/items/{id}',
  )
  await using client = await TestClient.open(app)

  const response = await client.post('/items/7?tag=a&tag=b&extra=1', {
    json: { name: 'tea', price: 3, extra: true },
    headers: { 'user-agent': 'test', cookie: 'theme=dark; other=1' },
  })

  t.equal(response.status, 200)
  t.strictSame(await response.json(), {
    id: 7,
    tag: ['a', 'b'],
    page: 1,
    userAgent: 'test',
    theme: 'dark',
    name: 'tea',
    price: 3,
    method: 'POST',
  })
})

test('contractEndpoint: reports everything that is wrong together, without the values', async (t) => {
  const app = appWith(
    {
      path: z.object({ id: z.number() }),
      query: z.object({ page: z.number() }),
      headers: z.object({ xToken: z.string() }),
      cookies: z.object({ theme: z.string() }),
      body: Item,
    },
    () => ({ never: true }),
    '/items/{id}',
  )
  await using client = await TestClient.open(app)

  const response = await client.post('/items/abc?page=secret', { json: { name: '', price: 'secret' } })
  const text = await response.text()

  t.equal(response.status, 422)
  t.equal(response.headers.get('content-type'), 'application/problem+json')
  t.notOk(text.includes('secret'))
  t.strictSame(JSON.parse(text), {
    type: 'about:blank',
    title: 'Unprocessable Content',
    status: 422,
    errors: [
      { in: 'path', path: ['id'], message: 'Invalid input: expected number, received string', code: 'invalid_type' },
      { in: 'query', path: ['page'], message: 'Invalid input: expected number, received string', code: 'invalid_type' },
      {
        in: 'headers',
        path: ['x-token'],
        message: 'Invalid input: expected string, received undefined',
        code: 'invalid_type',
      },
      {
        in: 'cookies',
        path: ['theme'],
        message: 'Invalid input: expected string, received undefined',
        code: 'invalid_type',
      },
      { in: 'body', path: ['name'], message: 'Too small: expected string to have >=1 characters', code: 'too_small' },
      { in: 'body', path: ['price'], message: 'Invalid input: expected number, received string', code: 'invalid_type' },
    ],
  })
})

/** What a body is answered with when it is no JSON: the status, and the error about it. */
const badBodies: readonly (readonly [
  what: string,
  sent: { body?: string; headers?: Record<string, string> },
  status: number,
  code: string,
  message: RegExp,
])[] = [
  [
    'is malformed',
    { body: '{\n "name": tea}', headers: { 'content-type': 'application/json' } },
    400,
    'malformed',
    /line 2, column 10$/,
  ],
  ['is empty', { body: '', headers: { 'content-type': 'application/json' } }, 400, 'malformed', /empty/],
  ['has another media type', { body: 'a=1', headers: { 'content-type': 'text/plain' } }, 415, 'media_type', /JSON/],
  ['has no media type', { body: '{}' }, 415, 'media_type', /JSON/],
  ['is missing', {}, 422, 'invalid_type', /expected object/],
]

for (const [what, sent, status, code, message] of badBodies) {
  test(`contractEndpoint: a body that ${what} is answered with ${status}`, async (t) => {
    await using client = await TestClient.open(appWith({ body: Item }, ({ body }) => body))
    const { body, headers } = sent

    const response = await client.post('/', {
      ...(body !== undefined && { body: Buffer.from(body) }),
      ...(headers !== undefined && { headers }),
    })
    const { errors, ...problem } = (await response.json()) as {
      status: number
      errors: { in: string; code: string; message: string }[]
    }

    t.equal(response.status, status)
    t.equal(problem.status, status)
    t.equal(errors.length, 1)
    t.match(errors[0], { in: 'body', path: [], code, message })
  })
}

test('contractEndpoint: what is wrong with all of the fields has no path', async (t) => {
  const headers = z.object({ a: z.string().optional() }).refine(({ a }) => a !== undefined, 'One of them is needed')
  await using client = await TestClient.open(appWith({ headers }, () => null))
  t.match(await (await client.post('/')).json(), {
    errors: [{ in: 'headers', path: [], message: 'One of them is needed' }],
  })
})

test('contractEndpoint: the errors of other parts stand beside a malformed body', async (t) => {
  const app = appWith({ query: z.object({ page: z.number() }), body: Item }, () => null)
  await using client = await TestClient.open(app)

  const response = await client.post('/?page=x', { body: '{', headers: { 'content-type': 'application/json' } })
  const { errors } = (await response.json()) as { errors: { in: string }[] }

  t.equal(response.status, 400)
  t.strictSame(
    errors.map(({ in: part }) => part),
    ['query', 'body'],
  )
})

test('contractEndpoint: a body that may be missing is undefined', async (t) => {
  await using client = await TestClient.open(
    appWith({ body: Item.optional() }, ({ body }) => ({ got: body ?? 'none' })),
  )
  const response = await client.post('/')
  t.strictSame(await response.json(), { got: 'none' })
})

test('contractEndpoint: a body larger than maxBodyBytes is answered with 413', async (t) => {
  await using client = await TestClient.open(appWith({ body: Item, maxBodyBytes: 10 }, () => null))
  const response = await client.post('/', { json: { name: 'a long name', price: 1 } })
  t.equal(response.status, 413)
})

test('contractEndpoint: reads forms with files', async (t) => {
  const app = appWith(
    {
      form: z.object({
        title: z.string(),
        count: z.number().optional(),
        agreed: z.boolean().default(false),
        file: z.instanceof(UploadFile),
        platform: z.file().max(100),
      }),
    },
    async ({ form }) => ({
      ...form,
      file: [form.file.name, await form.file.text()],
      platform: [form.platform.name, form.platform.type, await form.platform.text()],
    }),
  )
  await using client = await TestClient.open(app)
  const data = new globalThis.FormData()
  data.append('title', '')
  data.append('count', '')
  data.append('agreed', 'on')
  data.append('file', new File(['one'], 'a.txt'))
  data.append('platform', new File(['two'], 'b.txt', { type: 'text/csv' }))

  const response = await client.post('/', { body: data })

  t.strictSame(await response.json(), {
    title: '',
    agreed: true,
    file: ['a.txt', 'one'],
    platform: ['b.txt', 'text/csv', 'two'],
  })
})

test('contractEndpoint: another media type than a form is answered with 415', async (t) => {
  await using client = await TestClient.open(appWith({ form: z.object({ a: z.string() }) }, () => null))
  const response = await client.post('/', { json: {} })
  t.equal(response.status, 415)
  t.match(await response.json(), { errors: [{ in: 'form', code: 'media_type' }] })
})

test('contractEndpoint: waits for schemas that take their time', async (t) => {
  const free = z.string().refine(async (name) => Promise.resolve(name !== 'taken'), { message: 'is taken' })
  const app = appWith(
    { query: z.object({ name: free }), body: z.object({ name: free }), responses: { 200: z.object({ name: free }) } },
    ({ query }) => query,
  )
  await using client = await TestClient.open(app)

  const good = await client.post('/?name=new', { json: { name: 'new' } })
  const bad = await client.post('/?name=taken', { json: { name: 'taken' } })

  t.strictSame(await good.json(), { name: 'new' })
  t.match(await bad.json(), {
    errors: [
      { in: 'query', path: ['name'], message: 'is taken' },
      { in: 'body', path: ['name'], message: 'is taken' },
    ],
  })
})

test('contractEndpoint: exception handlers of the app can reshape the errors', async (t) => {
  const endpoint = contractEndpoint(contract({ query: z.object({ page: z.number() }) }), () => null)
  const app = new Application({
    routes: [new Route('/', endpoint)],
    exceptionHandlers: [
      exceptionHandler(RequestValidationError, (_, { errors }) => {
        return new JSONResponse({ detail: errors.map(({ in: part, path }) => [part, ...path]) }, { status: 400 })
      }),
    ],
  })
  await using client = await TestClient.open(app)

  const response = await client.get('/')

  t.equal(response.status, 400)
  t.strictSame(await response.json(), { detail: [['query', 'page']] })
})

test('contractEndpoint: nothing is waited for where nothing has to be', async (t) => {
  const endpoint = contractEndpoint(contract({}), () => new PlainTextResponse('now'))
  const request = { scope: {}, pathParams: {} } as never
  t.type(endpoint(request), PlainTextResponse)
})

test('contractOf: finds the contract of an endpoint, which has the name of its function', async (t) => {
  const items = contract('GET', '/items', {})
  const endpoint = contractEndpoint(items, function listItems() {
    return []
  })
  t.equal(contractOf(endpoint), items)
  t.equal(endpoint.name, 'listItems')
  t.equal(
    contractOf(() => null),
    null,
  )
  t.equal(contractOf({}), null)
})

test('contractEndpoint: an endpoint gets reply, and no undeclared part', async (t) => {
  const app = appWith({ responses: { 200: Item, 404: z.object({ reason: z.string() }) } }, (input) => {
    t.notOk('query' in input)
    return input.reply(404, { reason: 'gone' })
  })
  await using client = await TestClient.open(app)
  const response = await client.get('/')
  t.strictSame([response.status, await response.json()], [404, { reason: 'gone' }])
})

/** The media type that a part names, and that of the file: RFC 7578 §4.4. */
const fileTypes: readonly (readonly [named: string, type: string])[] = [
  ['', 'text/plain'],
  ['content-type: Image/PNG; x=y\r\n', 'image/png'],
  ['content-type: nonsense\r\n', ''],
]

for (const [named, type] of fileTypes) {
  test(`contractEndpoint: a file with ${JSON.stringify(named)} has the type ${JSON.stringify(type)}`, async (t) => {
    const app = appWith({ form: z.object({ a: z.file() }) }, async ({ form: { a } }) => [
      a.name,
      a.type,
      await a.text(),
    ])
    await using client = await TestClient.open(app)
    const disposition = 'content-disposition: form-data; name="a"; filename="a.txt"\r\n'
    const body = `--b\r\n${disposition}${named}\r\nleaf\r\n--b--\r\n`
    const response = await client.post('/', { body, headers: { 'content-type': 'multipart/form-data; boundary=b' } })
    t.strictSame(await response.json(), ['a.txt', type, 'leaf'])
  })
}

test('contractEndpoint: lists of files, and no files, become what the schema wants', async (t) => {
  const form = z.object({
    many: z.array(z.file()),
    set: z.set(z.file()),
    pair: z.tuple([z.string(), z.file()]),
    one: z.union([z.file(), z.string()]),
    none: z.file().optional(),
  })
  const app = appWith({ form }, ({ form: { many, set, pair, one, none } }) => [
    many.map(({ name }) => name),
    Array.from(set, ({ name }) => name),
    [pair[0], pair[1].name],
    one,
    none ?? null,
  ])
  await using client = await TestClient.open(app)
  const data = new globalThis.FormData()
  data.append('many', new File(['a'], 'a.txt'))
  data.append('many', new File(['b'], 'b.txt'))
  data.append('set', new File(['c'], 'c.txt'))
  data.append('pair', 'd')
  data.append('pair', new File(['d'], 'd.txt'))
  data.append('one', 'text')

  const response = await client.post('/', { body: data })

  t.strictSame(await response.json(), [['a.txt', 'b.txt'], ['c.txt'], ['d', 'd.txt'], 'text', null])
})

test('contractEndpoint: refuses what is no function', async (t) => {
  t.throws(() => contractEndpoint(contract({}), 'no' as never), { message: /^Cannot make an endpoint of "no"/ })
})
