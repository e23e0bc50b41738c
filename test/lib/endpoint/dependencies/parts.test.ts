import { test } from 'tap'
import { z } from 'zod'
import { depends } from '../../../../lib/endpoint/dependencies/depends.ts'
import { HTTPException } from '../../../../lib/exceptions/http-exception.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'

const Item = z.object({ a: z.string() })
const whole = depends({ body: Item }, ({ body }) => body.a.length, { name: 'whole' })
const field = depends({ form: Item }, ({ form }) => form.a.length, { name: 'field' })

interface Problem {
  readonly errors: readonly { readonly in: string; readonly path: readonly string[]; readonly code: string }[]
}

// ---- limits

/** Limits of contracts, the length of a text, and the status of the answer to it. */
const limits = [
  [{ maxBodyBytes: 20 }, 1000, 413],
  [{ maxBodyBytes: 20 }, 5, 200],
  [{}, 2_000_000, 413],
  [{ maxBodyBytes: 3_000_000 }, 2_000_000, 200],
] as const

for (const [limit, length, status] of limits) {
  test(`depends: a body of ${length} bytes is read as the contract says: ${JSON.stringify(limit)}`, async (t) => {
    const app = new Application()
    app.post('/', { ...limit, body: Item, dependencies: { whole } }, ({ whole: found }) => found)
    app.post('/alone', { ...limit, dependencies: { whole } }, ({ whole: found }) => found)
    await using client = await TestClient.open(app)
    const json = { a: 'x'.repeat(length) }
    t.equal((await client.post('/', { json })).status, status)
    t.equal((await client.post('/alone', { json })).status, status)
  })
}

test('depends: a form is read as the contract says', async (t) => {
  const app = new Application()
  const formOptions = { limits: { maxFieldBytes: 5 } }
  app.post('/', { form: Item, formOptions, dependencies: { field } }, ({ field: found }) => found)
  app.post('/default', { form: Item, dependencies: { field } }, ({ field: found }) => found)
  await using client = await TestClient.open(app)
  t.equal((await client.post('/', { form: { a: '123456' } })).status, 413)
  t.equal((await client.post('/', { form: { a: '12345' } })).status, 200)
  t.equal((await client.post('/default', { form: { a: '123456' } })).status, 200)
})

test('overrides: a replacement reads the body as the contract says', async (t) => {
  const plain = depends(() => 1)
  const app = new Application()
  app.post('/', { maxBodyBytes: 20, dependencies: { plain } }, (input) => input.plain)
  app.overrides.set(plain, whole)
  await using client = await TestClient.open(app)
  t.equal((await client.post('/', { json: { a: 'x'.repeat(30) } })).status, 413)
})

// ---- one body

test('contractEndpoint: a body and a form cannot both be needed', async (t) => {
  const app = new Application()
  t.throws(() => app.post('/', { form: Item, dependencies: { whole } }, () => null), {
    message:
      'Cannot make an endpoint: its dependency "whole" has "body" and its contract has "form", expected one of them',
  })
  t.throws(() => app.post('/', { body: Item, security: [depends({ field }, () => 1)] }, () => null), {
    message: /: its contract has "body" and its dependency "field" has "form", expected one of them$/,
  })
  t.throws(() => app.post('/', { dependencies: { whole, field } }, () => null), {
    message: /: its dependency "whole" has "body" and its dependency "field" has "form"/,
  })
})

test('overrides: a replacement cannot need a body beside a form', async (t) => {
  const app = new Application()
  const plain = depends(() => 1)
  app.post('/', { form: Item, dependencies: { plain } }, () => null)
  app.overrides.set(plain, whole)
  await using client = await TestClient.open(app)
  await t.rejects(client.post('/', { form: { a: '1' } }), { message: /"body" and its contract has "form"/ })
})

// ---- errors

test('ConnectionCall: what is wrong for a dependency and for the endpoint is told once', async (t) => {
  let ran = 0
  const counting = depends({ body: Item }, () => ++ran)
  const page = depends({ query: z.object({ page: z.number() }), headers: z.object({ xKey: z.string() }) }, () => 1)
  const shape = {
    query: z.object({ page: z.number(), size: z.number() }),
    body: z.object({ a: z.string(), b: z.string() }),
    dependencies: { counting, other: depends({ body: Item }, () => ++ran), page },
  }
  const app = new Application()
  app.post('/', shape, () => null)
  await using client = await TestClient.open(app)

  const wrong = await (await client.post('/', { json: {} })).json<Problem>()
  const malformed = await client.post('/', {
    body: '{',
    headers: { 'content-type': 'application/json', 'x-key': '1' },
  })

  t.strictSame(
    wrong.errors.map(({ in: part, path }) => [part, ...path].join('.')),
    ['body.a', 'query.page', 'headers.x-key', 'query.size', 'body.b'],
  )
  t.equal(ran, 0)
  t.equal(malformed.status, 400)
  t.strictSame(
    (await malformed.json<Problem>()).errors.map(({ in: part, path }) => [part, ...path].join('.')),
    ['body', 'query.page', 'query.size'],
  )
})

// ---- security first

test('contractEndpoint: what is wrong for security is told alone, before anything else is done', async (t) => {
  const notes: string[] = []
  const key = depends({ headers: z.object({ xKey: z.string() }) }, () => notes.push('key'))
  const scope = depends({ query: z.object({ scope: z.string() }) }, async () => notes.push('scope'))
  const transaction = depends(async function* () {
    notes.push('transaction')
    yield 1
  })
  const app = new Application()
  const body = z.object({ secretField: z.string() }).refine(() => notes.push('body') > 0)
  app.post('/', { security: [key, scope], dependencies: { transaction }, body }, () => null)
  app.post('/alone', { security: [key], body }, () => null)
  await using client = await TestClient.open(app)

  for (const path of ['/', '/alone']) {
    const response = await client.post(`${path}?scope=a`, { json: { secretField: 'a' } })
    t.equal(response.status, 422)
    t.match((await response.json<Problem>()).errors, [{ in: 'headers', path: ['x-key'] }])
  }
  t.strictSame(notes, ['scope'])

  const bad = await client.post('/', { body: '{', headers: { 'content-type': 'application/json' } })
  t.match((await bad.json<Problem>()).errors, [{ in: 'headers' }, { in: 'query' }])

  notes.splice(0)
  const good = await client.post('/?scope=a', { json: { secretField: 'a' }, headers: { 'x-key': '1' } })
  t.equal(good.status, 200)
  t.strictSame(notes, ['key', 'scope', 'transaction', 'body'])
})

test('websocketContractEndpoint: what is wrong for security is told before anything else is done', async (t) => {
  const notes: string[] = []
  const key = depends({ headers: z.object({ xKey: z.string() }) }, () => 1)
  const other = depends(() => notes.push('other'))
  const app = new Application()
  app.websocket('/', { security: [key], dependencies: { other } }, async ({ websocket }) => websocket.accept())
  await using client = await TestClient.open(app)
  t.match(await client.websocket('/').catch((error: unknown) => error), { response: { status: 403 } })
  t.strictSame(notes, [])
})

test('contractEndpoint: an error of security that is thrown is the answer, whatever else is wrong', async (t) => {
  const key = depends({ headers: z.object({ xKey: z.string() }) }, () => 1)
  const deny = depends(() => {
    throw new HTTPException(403)
  })
  const app = new Application()
  app.get('/', { security: [key, deny] }, () => null)
  await using client = await TestClient.open(app)
  t.equal((await client.get('/')).status, 403)
})
