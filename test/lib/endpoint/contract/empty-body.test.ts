import { test } from 'tap'
import { z } from 'zod'
import type { ContractShape } from '../../../../lib/endpoint/contract/contract.ts'
import type { ContractInput } from '../../../../lib/endpoint/contract/contract-function.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'

const Item = z.object({ id: z.number() })
const slow = Item.optional().refine(async () => Promise.resolve(true))

/** Schemas, what is sent as `application/json`, and the answer. */
const bodies: readonly (readonly [
  what: string,
  schema: z.ZodType,
  content: string,
  status: number,
  text: string | RegExp,
])[] = [
  ['nothing is no body where it may be missing', Item.optional(), '', 200, 'null'],
  ['nothing is the default', Item.default({ id: 5 }), '', 200, '{"id":5}'],
  ['nothing may take its time', slow, '', 200, 'null'],
  ['nothing is malformed where a body is wanted', Item, '', 400, /The body is empty, expected JSON/],
  ['null is a value', Item.nullable(), 'null', 200, 'null'],
  ['null is not nothing', Item.optional(), 'null', 422, /expected object/],
  ['what is malformed is malformed where it may be missing', Item.optional(), '{', 400, /not valid JSON/],
  ['blanks are malformed', Item.optional(), ' ', 400, /not valid JSON/],
]

for (const [what, schema, content, status, text] of bodies) {
  test(`bodies: ${what}`, async (t) => {
    const app = new Application()
    app.post('/', { body: schema }, ({ body }) => body ?? null)
    await using client = await TestClient.open(app)
    const response = await client.post('/', { body: content, headers: { 'content-type': 'application/json' } })
    t.equal(response.status, status)
    t.match(await response.text(), text)
  })
}

test('bodies: nothing is no body within the limit of the contract', async (t) => {
  const app = new Application({ maxBodyBytes: 1 })
  app.post('/', { body: Item.optional(), maxBodyBytes: 8 }, ({ body }) => body ?? null)
  await using client = await TestClient.open(app)
  const sent = async (body: string): Promise<number> =>
    (await client.post('/', { body, headers: { 'content-type': 'application/json' } })).status
  t.strictSame([await sent(''), await sent('{wrong'), await sent('{"id": 10000}')], [200, 400, 413])
})

test('bodies: that a coding is not supported says which is, with a contract as without', async (t) => {
  const app = new Application()
  app.post('/', { body: Item }, (_input: ContractInput<ContractShape>) => null)
  await using client = await TestClient.open(app)
  const response = await client.post('/', { json: { id: 1 }, headers: { 'content-encoding': 'gzip' } })
  t.equal(response.status, 415)
  t.equal(response.headers.get('accept-encoding'), 'identity')
  t.equal(response.headers.get('content-type'), 'application/problem+json')
})
