import { Application, HTTPException, depends, httpBearer, reply, securityScopes, withScopes } from 'stelline'
import { z } from 'zod'

const Item = z.object({ name: z.string().min(1), price: z.number().positive() })
const StoredItem = Item.extend({ id: z.number() })
const Problem = z.object({ reason: z.string() })

/** What stands for a database here. */
class Items {
  readonly #items = new Map<number, z.infer<typeof StoredItem>>()

  add(item: z.infer<typeof Item>): z.infer<typeof StoredItem> {
    const stored = { ...item, id: this.#items.size + 1 }
    this.#items.set(stored.id, stored)
    return stored
  }

  find(id: number): z.infer<typeof StoredItem> | undefined {
    return this.#items.get(id)
  }

  all(): z.infer<typeof StoredItem>[] {
    return [...this.#items.values()]
  }
}

const items = new Items()

/** One unit of work: what stands after `yield` runs when the answer was sent. */
export const database = depends(async function* database() {
  yield items
})

const users = new Map([
  ['token-of-ann', { name: 'ann', scopes: ['items:write'] }],
  ['token-of-bob', { name: 'bob', scopes: [] }],
])

const token = httpBearer()

const user = depends({ token, scopes: securityScopes }, ({ token: text, scopes }) => {
  const found = users.get(text)
  if (found === undefined) throw new HTTPException(401, { headers: { 'www-authenticate': 'Bearer' } })
  if (scopes.missingFrom(found.scopes).length > 0) throw new HTTPException(403)
  return found
})

const app = new Application()

app.get(
  '/items',
  {
    query: z.object({ maxPrice: z.number().optional(), name: z.array(z.string()).default([]) }),
    responses: { 200: z.array(StoredItem) },
    dependencies: { database },
  },
  ({ query: { maxPrice = Infinity, name }, database: found }) =>
    found.all().filter((item) => item.price <= maxPrice && (name.length === 0 || name.includes(item.name))),
)

app.get(
  '/items/{id:int}',
  { responses: { 200: StoredItem, 404: Problem }, dependencies: { database } },
  ({ params, database: found, reply: answer }) =>
    found.find(params.id) ?? answer(404, { reason: `There is no item ${params.id}` }),
)

app.post(
  '/items',
  {
    body: Item,
    responses: { 201: StoredItem },
    dependencies: { database, user: withScopes(user, ['items:write']) },
  },
  ({ body, database: found }) => {
    const stored = found.add(body)
    return reply(201, stored, { headers: { location: `/items/${stored.id}` } })
  },
)

export default app
