import { Application, depends, HTTPException, oauth2Password } from 'stelline'
import { z } from 'zod'

const Item = z.object({ name: z.string().min(1), price: z.number().positive(), tags: z.array(z.string()).default([]) })
const StoredItem = Item.extend({ id: z.int() })
type StoredItem = z.output<typeof StoredItem>

const database = depends(async function* database() {
  const rows = new Map<number, StoredItem>([[1, { id: 1, name: 'tea', price: 3, tags: ['hot'] }]])
  yield rows
  rows.clear()
})

const token = oauth2Password({ tokenUrl: 'token' })
const user = depends({ token }, ({ token: text }) => {
  if (text !== 'secret') throw new HTTPException(401, { headers: { 'www-authenticate': 'Bearer' } })
  return { name: 'ada' }
})

const app = new Application({ openapi: { title: 'Items', version: '1.0.0' } })

app.get(
  '/items',
  {
    tags: ['items'],
    query: z.object({ q: z.string().max(50).optional(), tag: z.array(z.string()).default([]) }),
    headers: z.object({ userAgent: z.string().optional() }),
    dependencies: { database },
    responses: { 200: z.array(StoredItem) },
  },
  ({ query, database: rows }) => {
    const found = Array.from(rows.values()).filter(({ name }) => name.includes(query.q ?? ''))
    return found.filter(({ tags }) => query.tag.every((tag) => tags.includes(tag)))
  },
)

app.get(
  '/items/{id:int}',
  { tags: ['items'], dependencies: { database }, responses: { 200: StoredItem } },
  ({ params, database: rows }) => {
    const item = rows.get(params.id)
    if (item === undefined) throw new HTTPException(404, { detail: 'Item not found' })
    return item
  },
)

app.post(
  '/items',
  { tags: ['items'], body: Item, dependencies: { database, user }, responses: { 201: StoredItem } },
  ({ body, database: rows, response }) => {
    const item = { ...body, id: rows.size + 1 }
    rows.set(item.id, item)
    response.headers.set('location', `/items/${item.id}`)
    return item
  },
)

app.post('/files', { form: z.object({ file: z.file().max(1_000_000) }) }, ({ form }) => ({
  name: form.file.name,
  size: form.file.size,
}))

export default app
