import { z } from 'zod'
import { contract } from '../../../lib/endpoint/contract/contract.ts'
import { streamEvent } from '../../../lib/endpoint/contract/stream-event.ts'
import { websocketContract } from '../../../lib/endpoint/contract/websocket-contract.ts'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import { RedirectResponse } from '../../../lib/response/redirect-response.ts'
import { Application } from '../../../routing/application.ts'

const Item = z.object({ id: z.int(), name: z.string().min(1) })

/** Contracts of an app that says what it was asked. */
export const contracts = {
  create: contract('POST', '/items', { body: Item.omit({ id: true }), responses: { 201: Item, 409: Item } }),
  items: {
    get: contract('GET', '/items/{id:int}', { responses: { 200: Item, 404: z.object({ reason: z.string() }) } }),
    remove: contract('DELETE', '/items/{id:int}', { responses: { 204: null } }),
    head: contract('HEAD', '/items/{id:int}', { responses: { 200: Item } }),
  },
  echo: contract('GET', '/echo/{part}/{rest:path}', {
    query: z.object({
      page: z.number().optional(),
      tags: z.array(z.string()).optional(),
      since: z.date().optional(),
      big: z.bigint().optional(),
      sold: z.boolean().nullish(),
    }),
    headers: z.object({ 'x-token': z.string().optional(), userName: z.string().optional() }),
    cookies: z.object({ theme: z.string().optional() }),
  }),
  form: contract('POST', '/form', { form: z.object({ name: z.string(), tags: z.array(z.string()) }) }),
  upload: contract('POST', '/upload', { form: z.object({ title: z.string(), photo: z.file() }) }),
  events: contract('GET', '/events', { responses: { 200: { schema: Item, stream: 'events' } } }),
  lines: contract('GET', '/lines', { responses: { 200: { schema: Item, stream: 'json-lines' } } }),
  endless: contract('GET', '/endless', { responses: { 200: { schema: z.number(), stream: 'json-lines' } } }),
  text: contract('GET', '/text', { responses: { 200: { mediaType: 'text/csv', schema: z.string() } } }),
  move: contract('GET', '/move', { responses: { 303: null } }),
  follow: contract('GET', '/move', { responses: { 200: { mediaType: 'text/plain' } } }),
  whoami: contract('GET', '/whoami', {}),
  chat: websocketContract('/rooms/{room}', {
    query: z.object({ name: z.string() }),
    receive: z.object({ text: z.string() }),
    send: z.object({ from: z.string(), text: z.string() }),
  }),
}

const app = new Application()

app.add(contracts.create, ({ body }) => ({ id: 7, ...body }))
app.add(contracts.items.get, ({ params, reply }) =>
  params.id > 9 ? reply(404, { reason: 'gone' }) : { id: params.id, name: 'tea' },
)
app.add(contracts.items.remove, () => {})
app.add(contracts.items.head, () => ({ id: 1, name: 'tea' }))
app.add(contracts.echo, ({ params, query, headers, cookies }) => ({
  params,
  query: { ...query, big: String(query.big) },
  headers,
  cookies,
}))
app.add(contracts.form, ({ form }) => form)
app.add(contracts.upload, async ({ form }) => ({
  title: form.title,
  name: form.photo.name,
  text: await form.photo.text(),
}))
app.add(contracts.events, async function* () {
  yield { id: 1, name: 'tea' }
  yield streamEvent({ id: 2, name: 'milk' }, { id: 'b', event: 'new' })
})
app.add(contracts.lines, function* () {
  yield { id: 1, name: 'tea' }
  yield { id: 2, name: 'milk' }
})
/** Whether the endless stream was left. */
export const left: string[] = []
app.add(contracts.endless, async function* () {
  try {
    for (let number = 0; ; number++) yield number
  } finally {
    left.push('endless')
  }
})
app.add(contracts.text, () => 'a,b')
app.get('/move', () => new RedirectResponse('/target', { status: 303 }))
app.get('/target', () => new PlainTextResponse('arrived'))
app.add(contracts.whoami, ({ request }) => request.headers.get('authorization'))
app.add(contracts.chat, async ({ websocket, params, query }) => {
  if (params.room === 'closed') return websocket.close()
  await websocket.accept()
  for await (const { text } of websocket) await websocket.send({ from: query.name, text })
})

export { app }
