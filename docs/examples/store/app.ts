import { Application, HTTPException, Response, withScopes } from 'stelline'
import { contracts } from './contracts.ts'
import type { Change, Item } from './contracts.ts'
import { Database } from './database.ts'
import { Feed } from './feed.ts'
import { hashPassword, isPassword } from './passwords.ts'
import { Room } from './room.ts'
import { Tickets, ticketSeconds } from './tickets.ts'
import { currentUser, makeToken, scopes, tokenSeconds } from './tokens.ts'

const app = new Application({
  openapi: { title: 'Store', version: '1.0.0' },
  lifespan: async function* () {
    await using database = await Database.open()
    yield { database, changes: new Feed<Change>(), tickets: new Tickets(), rooms: new Map<string, Room>() }
  },
})

// ---- users

const { users, items, chatTicket, chat } = contracts

app.add(users.signUp, async ({ body, request }) => {
  const { name, password } = body
  if (await request.state.database.addUser(name, await hashPassword(password))) return { name }
  throw new HTTPException(409, { detail: 'The name is taken' })
})

// As RFC 6749 has it in 5.1 and 5.2; what is no request for this kind of token is a 422, as everywhere.
app.add(users.token, async ({ form, request, response, reply }) => {
  response.headers.set('cache-control', 'no-store')
  const { username: name, password } = form
  if (!(await isPassword(password, await request.state.database.passwordOf(name)))) {
    return reply(400, { error: 'invalid_grant', error_description: 'Name and password do not belong together' })
  }
  const granted = Object.keys(scopes).filter((scope) => form.scopes.includes(scope))
  if (granted.length === 0 && form.scopes.length > 0) {
    return reply(400, { error: 'invalid_scope', error_description: `There is only ${Object.keys(scopes).join(' ')}` })
  }
  const token = await makeToken({ name, scopes: granted })
  const scope = granted.length === 0 ? {} : { scope: granted.join(' ') }
  return { access_token: token, token_type: 'bearer', expires_in: tokenSeconds, ...scope } as const
})

app.add(users.me.with({ dependencies: { user: currentUser } }), ({ user }) => user)

// ---- items

const writing = { dependencies: { user: withScopes(currentUser, ['items:write']) } }

async function itemOf(database: Database, id: number, user: { name: string } | null = null): Promise<Item> {
  const item = await database.item(id)
  if (item === null) throw new HTTPException(404, { detail: `There is no item ${id}` })
  if (user !== null && item.owner !== user.name) throw new HTTPException(403, { detail: 'The item is not yours' })
  return item
}

app.add(items.list, ({ query, request }) => request.state.database.items(query.q ?? '', query.limit))

app.add(items.changes, ({ request }) => {
  const end = AbortSignal.any([request.signal, request.shutdownSignal])
  return request.state.changes.listen(end)
})

app.add(items.get, ({ params, request }) => itemOf(request.state.database, params.id))

app.add(items.add.with(writing), async ({ body, user, request, response }) => {
  const { database, changes } = request.state
  const item = await database.addItem({ ...body, owner: user.name })
  changes.publish({ kind: 'added', item })
  response.headers.set('location', `/items/${item.id}`)
  return item
})

app.add(items.change.with(writing), async ({ params, body, user, request }) => {
  const { database, changes } = request.state
  const before = await itemOf(database, params.id, user)
  const item = { ...before, name: body.name ?? before.name, price: body.price ?? before.price }
  await database.changeItem(item)
  changes.publish({ kind: 'changed', item })
  return item
})

app.add(items.remove.with(writing), async ({ params, user, request }) => {
  const { database, changes } = request.state
  const item = await itemOf(database, params.id, user)
  await database.removeItem(item.id)
  changes.publish({ kind: 'removed', item })
})

app.add(items.setPhoto.with(writing), async ({ params, form, user, request }) => {
  const { database } = request.state
  const item = await itemOf(database, params.id, user)
  const bytes = new Uint8Array(await form.photo.arrayBuffer())
  await database.setPhoto(item.id, { type: form.photo.type, bytes })
  return { ...item, hasPhoto: true }
})

app.add(items.photo, async ({ params, request }) => {
  const photo = await request.state.database.photo(params.id)
  if (photo === null) throw new HTTPException(404, { detail: `Item ${params.id} has no photo` })
  return new Response(photo.bytes, { mediaType: photo.type })
})

// ---- chat

app.add(chatTicket.with({ dependencies: { user: currentUser } }), ({ user, request, response }) => {
  response.headers.set('cache-control', 'no-store')
  return { ticket: request.state.tickets.issue(user.name), expires_in: ticketSeconds }
})

app.add(chat, async ({ websocket, params, query }) => {
  const { rooms, tickets } = websocket.connection.state
  const from = tickets.redeem(query.ticket)
  if (from === null) throw new HTTPException(401, { detail: 'The ticket does not hold' })
  await websocket.accept()
  const room = rooms.get(params.room) ?? new Room()
  rooms.set(params.room, room)
  room.enter(websocket)
  try {
    for await (const { text } of websocket) await room.say(websocket, { from, text })
  } finally {
    room.leave(websocket)
    if (room.isEmpty && rooms.get(params.room) === room) rooms.delete(params.room)
  }
})

export default app
