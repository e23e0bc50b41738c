/*
 * What must compile and what must not. Nothing here runs: the type check of the project reads it.
 */

/* oxlint-disable no-unused-expressions, typescript/no-unnecessary-type-parameters -- only the types matter here */
import { z } from 'zod'
import { createClient } from '../../lib/client/create-client.ts'
import type { Answer, AnswerOf, ValidationProblem } from '../../lib/client/answer.ts'
import type { ClientSocket } from '../../lib/client/client-socket.ts'
import type { EventItems } from '../../lib/client/event-items.ts'
import type { JSONForm } from '../../lib/client/json-form.ts'
import type { TestClientLike } from '../../lib/client/test-door.ts'
import { contract } from '../../lib/endpoint/contract/contract.ts'
import { websocketContract } from '../../lib/endpoint/contract/websocket-contract.ts'
import { oauth2PasswordForm } from '../../lib/endpoint/security/oauth2-password-form.ts'
import { UploadFile } from '../../lib/http/upload-file.ts'
import type { TestClient } from '../../lib/testing/test-client.ts'
import { Application } from '../../routing/application.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Does not compile unless the types are the same. */
function same<A, B>(..._proof: Equal<A, B> extends true ? [] : ['these types differ', A, B]): void {}

declare const testClient: TestClient

const Item = z.object({ id: z.int(), name: z.string(), sold: z.boolean().default(false), made: z.date() })
const Problem = z.object({ reason: z.enum(['gone', 'sold']) })

const client = createClient(
  {
    ping: contract('GET', '/ping', {}),
    create: contract('POST', '/items', {
      body: Item.pick({ name: true, sold: true }),
      responses: { 201: Item, 409: Problem },
    }),
    items: {
      get: contract('GET', '/items/{id:int}', { responses: { 200: Item, 404: Problem } }),
      list: contract('GET', '/items', {
        query: z.object({ page: z.number().optional(), tags: z.array(z.string()).optional() }),
        responses: { 200: z.array(Item), '4XX': Problem },
      }),
      remove: contract('DELETE', '/items/{id:int}', { responses: { 204: null } }),
      exists: contract('HEAD', '/items/{id:int}', { responses: { 200: Item } }),
      photo: contract('PUT', '/items/{id:int}/photo', {
        form: z.object({ photo: z.instanceof(UploadFile), title: z.string(), more: z.array(z.file()).optional() }),
        responses: { 200: Item, default: Problem },
      }),
      events: contract('GET', '/events', { responses: { 200: { schema: Item, stream: 'events' } } }),
      lines: contract('GET', '/lines', { responses: { 200: { schema: Item, mediaType: 'application/jsonl' } } }),
      text: contract('GET', '/text', { responses: { 200: { mediaType: 'text/csv' } } }),
      file: contract('GET', '/file', { responses: { 200: { mediaType: 'application/pdf' } } }),
    },
    byKey: contract('GET', '/{key}', {
      path: z.object({ key: z.enum(['a', 'b']) }),
      headers: z.object({ 'x-token': z.string(), accept: z.string().optional() }),
      cookies: z.object({ theme: z.string() }),
    }),
    token: contract('POST', '/token', { form: oauth2PasswordForm }),
    chat: websocketContract('/rooms/{room}', {
      query: z.object({ name: z.string() }),
      receive: z.object({ text: z.string() }),
      send: z.object({ from: z.string(), at: z.date() }),
    }),
  },
  { app: testClient },
)

// ---- what goes out

void client.ping()
void client.ping({ headers: { authorization: 'Bearer x' }, signal: AbortSignal.timeout(1000) })
void client.create({ body: { name: 'tea' } })
void client.items.list()
void client.items.list({ query: { page: 2, tags: ['hot'] } })
void client.items.photo({ params: { id: 1 }, form: { photo: new Blob(['x']), title: 'tea' } })
void client.byKey({ params: { key: 'a' }, headers: { 'x-token': 't' }, cookies: { theme: 'dark' } })
void client.token({ form: { grant_type: 'password', username: 'ada', password: 'secret' } })

// @ts-expect-error -- the body is missing
void client.create()
// @ts-expect-error -- the name is missing
void client.create({ body: {} })
// @ts-expect-error -- the price is not declared
void client.create({ body: { name: 'tea', price: 3 } })
// @ts-expect-error -- the parameter is missing
void client.items.get()
// @ts-expect-error -- a number is wanted
void client.items.get({ params: { id: '1' } })
// @ts-expect-error -- there are no parameters
void client.ping({ params: { id: 1 } })
// @ts-expect-error -- there is no body
void client.items.get({ params: { id: 1 }, body: {} })
// @ts-expect-error -- "c" is no key
void client.byKey({ params: { key: 'c' }, headers: { 'x-token': 't' }, cookies: { theme: 'dark' } })
// @ts-expect-error -- the token is missing
void client.byKey({ params: { key: 'a' }, headers: {}, cookies: { theme: 'dark' } })
// @ts-expect-error -- there is no such contract
void client.nothing()

// ---- what comes back

type Received = { id: number; name: string; sold: boolean; made: string }
same<JSONForm<z.output<typeof Item>>, Received>()

const created = await client.create({ body: { name: 'tea' } })
same<typeof created.status, 201 | 409 | 422>()
if (created.status === 201) same<typeof created.data, Received>()
else if (created.status === 409) same<typeof created.data.reason, 'gone' | 'sold'>()
else same<typeof created.data, ValidationProblem>()

const made = await client.create.ok({ body: { name: 'tea' } })
same<typeof made, Received>()
same<Awaited<ReturnType<typeof client.items.remove>>, Answer<204, undefined>>()
same<Awaited<ReturnType<typeof client.items.remove.ok>>, undefined>()
same<Awaited<ReturnType<typeof client.items.exists>>, Answer<200, undefined>>()
same<Awaited<ReturnType<typeof client.items.events>>, Answer<200, EventItems<Received>>>()
same<Awaited<ReturnType<typeof client.items.lines.ok>>, AsyncIterable<Received>>()
same<Awaited<ReturnType<typeof client.items.text.ok>>, string>()
same<Awaited<ReturnType<typeof client.items.file.ok>>, Blob>()
same<Awaited<ReturnType<typeof client.ping>>, Answer>()
same<Awaited<ReturnType<typeof client.ping.ok>>, unknown>()

const listed = await client.items.list()
if (listed.status === 200) same<typeof listed.data, Received[]>()
else if (listed.status === 429) same<typeof listed.data.reason, 'gone' | 'sold'>()

const photographed = await client.items.photo({ params: { id: 1 }, form: { photo: new Blob([]), title: '' } })
if (photographed.status === 503) same<typeof photographed.data.reason, 'gone' | 'sold'>()

same<AnswerOf<{ responses: { 200: null } }>, Answer<200, undefined>>()

// ---- forms of JSON

same<JSONForm<[a: Date, b?: 1]>, [a: string, b?: 1]>()
same<JSONForm<readonly Date[]>, readonly string[]>()
same<JSONForm<unknown>, unknown>()
same<JSONForm<{ f: () => void; b: bigint }>, { f: never; b: never }>()

same<
  JSONForm<{ s: Set<string>; m?: ReadonlyMap<string, Date> }>,
  { s: Record<string, never>; m?: Record<string, never> }
>()

// ---- media types that the compiler does not know

declare const mediaType: string
declare const stream: 'events' | 'json-lines'
const wide = createClient(
  {
    text: contract('GET', '/text', { responses: { 200: { mediaType } } }),
    either: contract('GET', '/either', { responses: { 200: { mediaType: mediaType as 'text/csv' | 'image/png' } } }),
    items: contract('GET', '/items', { responses: { 200: { schema: Item, stream } } }),
  },
  { baseUrl: '/api' },
)
same<Awaited<ReturnType<typeof wide.text.ok>>, unknown>()
same<Awaited<ReturnType<typeof wide.either.ok>>, string | Blob>()
same<Awaited<ReturnType<typeof wide.items.ok>>, AsyncIterable<Received>>()

// ---- answers that are spread into a declaration, and media types with parameters

const commonAnswers = { 404: z.object({ reason: z.string() }) }
const spread = createClient(
  {
    one: contract('GET', '/one', { responses: { ...commonAnswers, 200: Item } }),
    json: contract('GET', '/json', {
      responses: { 200: { schema: Item, mediaType: 'application/json; charset=utf-8' } },
    }),
    lines: contract('GET', '/lines', { responses: { 200: { schema: Item, mediaType: 'application/x-ndjson' } } }),
  },
  { baseUrl: '/api' },
)
const one = await spread.one()
if (one.status === 404) same<typeof one.data, { reason: string }>()
else same<typeof one.data, Received>()
same<Awaited<ReturnType<typeof spread.one.ok>>, Received>()
same<Awaited<ReturnType<typeof spread.json.ok>>, Received>()
same<Awaited<ReturnType<typeof spread.lines.ok>>, AsyncIterable<Received>>()

// ---- WebSockets

const socket = await client.chat({ params: { room: 'tea' }, query: { name: 'Ada' } })
same<typeof socket, ClientSocket<{ from: string; at: string }, { text: string }>>()
await socket.send({ text: 'Hello' })
// @ts-expect-error -- the contract does not say so
await socket.send({ txt: 'Hello' })
// @ts-expect-error -- the name is missing
void client.chat({ params: { room: 'tea' } })

// ---- what a client can be made of

same<TestClient extends TestClientLike ? true : false, true>()
createClient({ ping: contract('GET', '/', {}) }, { app: new Application() })
createClient({ ping: contract('GET', '/', {}) }, { baseUrl: '/api' })
// @ts-expect-error -- a contract without a method and a path
createClient({ ping: contract({}) }, { baseUrl: '/api' })
createClient({ ping: contract('GET', '/', {}) }, { app: testClient, baseUrl: '/api' })
// @ts-expect-error -- no server
createClient({ ping: contract('GET', '/', {}) }, {})
// @ts-expect-error -- no contract
createClient({ ping: 'GET' }, { baseUrl: '/api' })
