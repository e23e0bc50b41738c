/*
 * What must compile and what must not. Nothing here runs: the type check of the project reads it.
 */

/* oxlint-disable no-unused-expressions, typescript/no-unnecessary-type-parameters, typescript/no-generated-empty-object-type -- only the types matter here */
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { Application } from '../../routing/application.ts'
import { Router } from '../../routing/router.ts'
import { contractRoute } from '../../routing/contract-route.ts'
import { contract } from '../../lib/endpoint/contract/contract.ts'
import type { MessageSocket } from '../../lib/endpoint/contract/message-socket.ts'
import { reply } from '../../lib/endpoint/contract/reply.ts'
import { streamEvent } from '../../lib/endpoint/contract/stream-event.ts'
import { websocketContract } from '../../lib/endpoint/contract/websocket-contract.ts'
import type { Dependency, ValueOf } from '../../lib/endpoint/dependencies/dependency.ts'
import { depends } from '../../lib/endpoint/dependencies/depends.ts'
import { securityScopes, withScopes } from '../../lib/endpoint/dependencies/scopes.ts'
import type { SecurityScopes } from '../../lib/endpoint/dependencies/scopes.ts'
import { apiKey } from '../../lib/endpoint/security/api-key.ts'
import { httpBasic } from '../../lib/endpoint/security/http-basic.ts'
import type { BasicCredentials } from '../../lib/endpoint/security/http-basic.ts'
import { httpBearer } from '../../lib/endpoint/security/http-bearer.ts'
import { oauth2Password } from '../../lib/endpoint/security/oauth2.ts'
import { oauth2PasswordForm } from '../../lib/endpoint/security/oauth2-password-form.ts'
import { JSONResponse } from '../../lib/response/json-response.ts'
import type { Request } from '../../lib/request/request.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Does not compile unless the types are the same. */
function same<A, B>(..._proof: Equal<A, B> extends true ? [] : ['these types differ', A, B]): void {}

const Item = z.object({ name: z.string(), price: z.number(), sold: z.boolean().default(false) })

const app = new Application({
  lifespan: async function* () {
    yield { name: 'main' }
  },
})

// ---- what comes in

app.post('/items/{id:int}/{part}', { body: Item, query: z.object({ page: z.number().optional() }) }, (input) => {
  const { body, params, query, request } = input
  same<typeof body, { name: string; price: number; sold: boolean }>()
  same<typeof params, { readonly id: number; readonly part: string }>()
  same<typeof query, { page?: number | undefined }>()
  same<typeof request.state, { name: string }>()
  // @ts-expect-error -- the contract has no headers
  input.headers
  // @ts-expect-error -- nor such a dependency
  input.database
  return body
})

app.get('/{id}', { path: z.object({ id: z.coerce.bigint() }) }, ({ params }) => {
  same<typeof params, { id: bigint }>()
  return null
})

app.get('/', { headers: z.object({ 'x-token': z.string() }), cookies: z.object({ theme: z.string() }) }, (input) => {
  same<typeof input.headers, { 'x-token': string }>()
  same<typeof input.cookies, { theme: string }>()
  return null
})

app.post('/valibot', { body: v.object({ n: v.number() }) }, ({ body }) => {
  same<typeof body, { n: number }>()
  return null
})

app.post('/arktype', { body: type({ n: 'number' }) }, ({ body }) => {
  same<typeof body, { n: number }>()
  return null
})

app.post('/token', { form: oauth2PasswordForm }, ({ form }) => {
  same<typeof form.scopes, readonly string[]>()
  return null
})

// @ts-expect-error -- a schema, not a type
app.post('/', { body: 'string' }, () => null)
// @ts-expect-error -- a contract needs an endpoint
app.post('/', { body: Item })

// ---- what goes out

app.get('/plain', { responses: { 200: Item } }, () => ({ name: 'tea', price: 1 }))
app.get('/later', { responses: { 200: Item } }, async () => ({ name: 'tea', price: 1 }))
app.get('/response', { responses: { 200: Item } }, () => new JSONResponse({ any: 'thing' }))
app.get('/fetch', { responses: { 200: Item } }, () => new Response())
app.delete('/nothing', { responses: { 204: null } }, () => {})
app.get('/anything', {}, () => ({ any: ['thing'] }))
app.get('/list', { responses: { 200: z.array(Item) } }, () => [{ name: 'tea', price: 1 }])
app.get('/text', { responses: { 200: { mediaType: 'text/plain', schema: z.string() } } }, () => 'text')

// @ts-expect-error -- the price is missing
app.get('/wrong', { responses: { 200: Item } }, () => ({ name: 'tea' }))
// @ts-expect-error -- the price is missing
app.get('/wrong', { responses: { 200: Item } }, async () => ({ name: 'tea' }))
// @ts-expect-error -- nothing is given
app.get('/wrong', { responses: { 200: Item } }, () => {})

const Problem = z.object({ reason: z.enum(['gone', 'sold']) })

app.post('/replies', { body: Item, responses: { 201: Item, 404: Problem, 204: null } }, ({ body, reply: answer }) => {
  if (body.price > 4) return answer(404, { reason: 'sold' }, { headers: { 'x-a': 'b' } })
  if (body.price > 3) return answer(204)
  return body
})

app.post('/typed-replies', { responses: { 201: Item, 404: Problem } }, ({ reply: answer }) => {
  // @ts-expect-error -- 404 has another content
  answer(404, { reason: 'lost' })
  // @ts-expect-error -- 201 has content
  answer(201)
  // @ts-expect-error -- 409 is not declared
  answer(409, { reason: 'sold' })
  return answer(201, { name: 'tea', price: 1 })
})

app.post(
  '/replies',
  { body: Item, responses: { 201: Item, 404: z.object({ reason: z.string() }), 204: null } },
  ({ body }) => {
    if (body.price > 3) return reply(404, { reason: 'sold' })
    if (body.price > 2) return reply(204)
    if (body.price > 1) return body
    return reply(201, body, { headers: { location: '/items/1' } })
  },
)

// @ts-expect-error -- 404 has another content
app.post('/replies', { responses: { 201: Item, 404: Problem } }, () => reply(404, { reason: 'lost' }))
// @ts-expect-error -- 409 is not declared
app.post('/replies', { responses: { 201: Item, 404: Problem } }, () => reply(409, { reason: 'sold' }))

app.get('/events', { responses: { 200: { schema: Item, stream: 'events' } } }, async function* () {
  yield { name: 'tea', price: 1 }
  yield streamEvent({ name: 'tea', price: 1 }, { id: '1' })
})
app.get('/lines', { responses: { 200: { schema: Item, stream: 'json-lines' } } }, function* () {
  yield { name: 'tea', price: 1 }
})
app.get('/list-of-lines', { responses: { 200: { schema: Item, mediaType: 'application/jsonl' } } }, () => [
  { name: 'tea', price: 1 },
])

// @ts-expect-error -- the price of an item is missing
app.get('/events', { responses: { 200: { schema: Item, stream: 'events' } } }, async function* () {
  yield { name: 'tea' }
})

// ---- answers that are spread into a declaration

const commonAnswers = { 404: Problem, 204: null }
const declaredItem = { 200: Item }

app.get('/spread', { responses: { ...commonAnswers, 200: Item } }, ({ reply: answer }) => {
  // @ts-expect-error -- 404 has another content
  answer(404, { reason: 'lost' })
  // @ts-expect-error -- 409 is not declared
  answer(409)
  return Math.random() > 0.5 ? answer(404, { reason: 'sold' }) : answer(204)
})
app.get('/spread', { responses: { 200: Item, ...commonAnswers } }, () => reply(204))
app.get('/spread', { responses: { ...declaredItem, ...commonAnswers, '5XX': Problem } }, () => ({
  name: 'tea',
  price: 1,
}))
// @ts-expect-error -- the price is missing
app.get('/spread', { responses: { ...declaredItem, 404: null } }, () => ({ name: 'tea' }))
// @ts-expect-error -- 404 has another content
app.get('/spread', { responses: { ...commonAnswers, 200: Item } }, () => reply(404, { reason: 'lost' }))

// ---- streams by their media types

app.get('/lines', { responses: { 200: { schema: Item, mediaType: 'application/x-ndjson' } } }, function* () {
  yield { name: 'tea', price: 1 }
})
app.get(
  '/events',
  { responses: { 200: { schema: Item, mediaType: 'text/event-stream; charset=utf-8' } } },
  function* () {
    yield streamEvent({ name: 'tea', price: 1 }, { id: '1' })
  },
)

// ---- contracts as values

const getItem = contract('GET', '/items/{id:int}', { query: z.object({ q: z.string() }), responses: { 200: Item } })
same<typeof getItem.path, '/items/{id:int}'>()
same<typeof getItem.method, 'GET'>()

app.add(getItem, ({ params, query }) => ({ name: query.q, price: params.id }))
new Router().add(getItem, ({ params }) => {
  same<typeof params, { readonly id: number }>()
  return { name: 'tea', price: 1 }
})
contractRoute(getItem, ({ params }) => ({ name: 'tea', price: params.id }))
app.get('/items/{id:int}', getItem, ({ params, query }) => ({ name: query.q, price: params.id }))
app.get('/other', contract({ query: Item }), ({ query }) => {
  same<typeof query.price, number>()
  return null
})

// @ts-expect-error -- without a method and a path there is no route
app.add(contract({ query: Item }), () => null)
// @ts-expect-error -- the price is missing
app.add(getItem, () => ({ name: 'tea' }))
// @ts-expect-error -- methods are in upper case
contract('get', '/', {})

// ---- dependencies

class Clock {
  now(): number {
    return 0
  }
}

const clock = depends(Clock)
const settings = depends({ size: 10 })
const database = depends(async function* ({ request }) {
  same<typeof request, Request>()
  yield { find: (id: number) => ({ id }) }
})
const count = depends(function* () {
  yield 1
})
const later = depends(async () => 'text')
const user = depends(
  { database, later, query: z.object({ as: z.string() }) },
  ({ database: found, later: text, query }) => {
    same<typeof text, string>()
    same<typeof query, { as: string }>()
    return { ...found.find(1), as: query.as }
  },
)
const audited = depends(
  { user },
  class {
    readonly id: number
    constructor(input: { user: { id: number } }) {
      this.id = input.user.id
    }
  },
)

same<typeof clock, Dependency<Clock>>()
same<typeof later, Dependency<string>>()
same<typeof count, Dependency<number>>()
same<typeof user, Dependency<{ as: string; id: number }>>()

app.get('/deps/{id:int}', { dependencies: { clock, settings, database, count, user, audited } }, (input) => {
  same<typeof input.count, number>()
  same<typeof input.user, { as: string; id: number }>()
  same<typeof input.audited.id, number>()
  return input.database.find(input.params.id + input.settings.size + input.clock.now())
})

app.get('/only-run', { dependencies: [database] }, (input) => {
  // @ts-expect-error -- dependencies in a list only run
  input.database
  return null
})

app.overrides.set(database, () => ({ find: () => null }))
app.overrides.set(clock, depends({ now: () => 1 }))
app.overrides.set(clock, ({ request, params }) => ({ now: () => request.url.port.length + Object.keys(params).length }))
app.overrides.set(clock, async function* () {
  yield { now: () => 1 }
})
app.overrides.set(
  clock,
  class {
    readonly path: string
    constructor({ request }: { readonly request: { readonly path: string } }) {
      this.path = request.path
    }
  },
)
// @ts-expect-error -- a value has to be said to be one
app.overrides.set(clock, { now: () => 1 })

// A promise that is given is the value; one that a function returns is waited for.
const promised = depends(Promise.resolve(5))
same<ValueOf<typeof promised>, Promise<number>>()
const awaited = depends(() => Promise.resolve(5))
same<ValueOf<typeof awaited>, number>()

// @ts-expect-error -- a function is no dependency
app.get('/', { dependencies: { wrong: () => 1 } }, () => null)
// @ts-expect-error -- neither a dependency nor a schema
depends({ wrong: 1 }, () => 1)

// ---- security

const token = oauth2Password({ tokenUrl: '/token', scopes: { 'items:read': 'Read items' } })
const optional = httpBearer({ autoError: false })
const me = depends({ token, scopes: securityScopes }, ({ token: text, scopes }) => {
  same<typeof text, string>()
  same<typeof scopes, SecurityScopes>()
  return { name: text }
})

app.get(
  '/secure',
  {
    security: [apiKey({ in: 'header', name: 'x-key' })],
    dependencies: { me: withScopes(me, ['items:read']), basic: httpBasic(), optional },
  },
  (input) => {
    same<typeof input.me, { name: string }>()
    same<typeof input.basic, BasicCredentials>()
    same<typeof input.optional, string | null>()
    return null
  },
)

// ---- WebSockets

app.websocket(
  '/chat/{room}',
  { query: z.object({ name: z.string() }), receive: Item, send: Problem, dependencies: { me } },
  async ({ websocket, params, query, me: own }) => {
    same<typeof params, { readonly room: string }>()
    same<typeof query, { name: string }>()
    same<typeof own.name, string>()
    const message = await websocket.receive()
    same<typeof message.sold, boolean>()
    await websocket.send({ reason: 'gone' })
    // @ts-expect-error -- the contract does not say so
    await websocket.send({ reason: 'lost' })
    same<typeof websocket.connection.state, { name: string }>()
  },
)

const chat = websocketContract('/{room}', { receive: Item })
app.add(chat, async ({ websocket, params }) => {
  same<typeof params, { readonly room: string }>()
  for await (const message of websocket) same<typeof message.price, number>()
})
same<MessageSocket<string, number> extends AsyncIterable<string> ? true : false, true>()

// ---- everything else still compiles

app.get('/plain-endpoint/{id:int}', (request) => new JSONResponse(request.pathParams.id), { name: 'plain' })
app.websocket('/plain', async (websocket) => websocket.accept())
