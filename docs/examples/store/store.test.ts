import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { createClient, HandshakeRefused, UnexpectedAnswer } from 'stelline/client'
import type { Client } from 'stelline/client'
import { TestClient } from 'stelline/testing'
import app from './app.ts'
import { contracts } from './contracts.ts'
import type { Database } from './database.ts'
import { Tickets } from './tickets.ts'
import { signingKey } from './tokens.ts'

type Chat = Awaited<ReturnType<Client<typeof contracts>['chat']>>

await using tests = await TestClient.open(app)

const anybody = createClient(contracts, { app: tests, validateAnswers: true })

/** Signs somebody up, and makes a client with their token. */
async function signedUp(
  name: string,
  scope = 'items:write',
): Promise<{ client: Client<typeof contracts>; password: string }> {
  const password = `password of ${name}`
  await anybody.users.signUp.ok({ body: { name, password } })
  const { access_token: token } = await anybody.users.token.ok({
    form: { grant_type: 'password', username: name, password, scope },
  })
  const headers = { authorization: `Bearer ${token}` }
  return { client: createClient(contracts, { app: tests, headers, validateAnswers: true }), password }
}

/** Signs somebody up who goes into a room. */
async function entered(name: string, room: string): Promise<Chat> {
  const { client } = await signedUp(name)
  const { ticket } = await client.chatTicket.ok()
  return anybody.chat({ params: { room }, query: { ticket } })
}

await test('a user signs up once, and is known by the token', async () => {
  const { client } = await signedUp('Ada')

  const again = await anybody.users.signUp({ body: { name: 'Ada', password: 'another one' } })

  assert.deepEqual(await client.users.me.ok(), { name: 'Ada' })
  assert.deepEqual([again.status, again.data], [409, 'The name is taken'])
})

await test('a wrong password and an unknown user are refused alike', async () => {
  await signedUp('Bob')
  const form = { grant_type: 'password', password: 'wrong password' } as const
  const wrong = await anybody.users.token({ form: { ...form, username: 'Bob' } })
  const unknown = await anybody.users.token({ form: { ...form, username: 'Nobody' } })

  const error_description = 'Name and password do not belong together'
  assert.deepEqual([wrong.status, wrong.data], [400, { error: 'invalid_grant', error_description }])
  assert.deepEqual([unknown.status, unknown.data], [wrong.status, wrong.data])
  assert.equal(wrong.headers.get('cache-control'), 'no-store')
})

await test('a token says which of the scopes it has, and no cache keeps it', async () => {
  const { password } = await signedUp('Lou')
  const form = { grant_type: 'password', username: 'Lou', password } as const
  const some = await anybody.users.token({ form: { ...form, scope: 'items:write admin' } })
  const none = await anybody.users.token({ form })
  const other = await anybody.users.token({ form: { ...form, scope: 'admin' } })

  assert.ok(some.status === 200 && none.status === 200 && other.status === 400)
  assert.deepEqual([some.data.scope, none.data.scope, other.data.error], ['items:write', undefined, 'invalid_scope'])
  assert.equal(some.headers.get('cache-control'), 'no-store')
})

await test('tokens are not signed with a secret that is too short', () => {
  for (const secret of ['', 'secret']) assert.throws(() => signingKey(secret), /bytes, expected at least 32$/)
  assert.equal(signingKey('s'.repeat(32)).length, 32)
})

await test('an item is added, found, changed and removed', async () => {
  const { client } = await signedUp('Cleo')

  const added = await client.items.add({ body: { name: ' Green tea ', price: 3 } })
  assert.ok(added.status === 201)
  const params = { id: added.data.id }
  const found = await anybody.items.list.ok({ query: { q: 'GREEN' } })
  const changed = await client.items.change.ok({ params, body: { price: 4 } })
  const removed = await client.items.remove({ params })
  const missing = await anybody.items.get({ params })

  assert.equal(added.headers.get('location'), `/items/${params.id}`)
  assert.deepEqual(found, [{ ...params, name: 'Green tea', price: 3, owner: 'Cleo', hasPhoto: false }])
  assert.equal(changed.price, 4)
  assert.equal(removed.status, 204)
  assert.equal(missing.status, 404)
})

await test('what is wrong with an item is told by its field', async () => {
  const { client } = await signedUp('Dora')

  const refused = await client.items.add({ body: { name: ' ', price: -1 } })

  assert.ok(refused.status === 422)
  assert.deepEqual(
    refused.data.errors.map((error) => [error.in, ...error.path]),
    [
      ['body', 'name'],
      ['body', 'price'],
    ],
  )
})

await test('only a token with the scope adds items, and only the owner changes one', async () => {
  const { client: owner } = await signedUp('Eve')
  const { client: other } = await signedUp('Finn')
  const { client: reader } = await signedUp('Gil', '')
  const body = { name: 'Cup', price: 9 }

  const { id } = await owner.items.add.ok({ body })
  const statuses = [
    (await anybody.items.add({ body })).status,
    (await reader.items.add({ body })).status,
    (await other.items.change({ params: { id }, body })).status,
    (await other.items.add({ body, headers: { authorization: 'Bearer forged' } })).status,
  ]

  assert.deepEqual(statuses, [401, 403, 403, 401])
})

await test('a photo is uploaded and shown', async () => {
  const { client } = await signedUp('Hal')
  const { id } = await client.items.add.ok({ body: { name: 'Pot', price: 20 } })
  const photo = new File([Uint8Array.of(0x89, 0x50, 0x4e, 0x47)], 'pot.png', { type: 'image/png' })

  const item = await client.items.setPhoto.ok({ params: { id }, form: { photo } })
  const shown = await anybody.items.photo({ params: { id } })
  const refused = client.items.setPhoto.ok({ params: { id }, form: { photo: new File(['text'], 'a.txt') } })

  assert.equal(item.hasPhoto, true)
  assert.ok(shown.status === 200)
  assert.equal(shown.headers.get('content-type'), 'image/png')
  assert.deepEqual(Buffer.from(await shown.data.arrayBuffer()), Buffer.from([0x89, 0x50, 0x4e, 0x47]))
  await assert.rejects(refused, (error) => error instanceof UnexpectedAnswer && error.problem?.errors[0]?.in === 'form')
})

await test('who listens hears of every change', async () => {
  const { client } = await signedUp('Ida')
  const changes = await anybody.items.changes.ok()

  const heard = changes[Symbol.asyncIterator]()
  const first = heard.next()
  const item = await client.items.add.ok({ body: { name: 'Mug', price: 5 } })
  await client.items.remove({ params: { id: item.id } })

  assert.deepEqual((await first).value, { kind: 'added', item })
  assert.deepEqual((await heard.next()).value, { kind: 'removed', item })
  await heard.return?.()
})

await test('everybody in a room hears what is said there', async () => {
  await using first = await entered('Jon', 'tea')
  await using second = await entered('Kim', 'tea')

  await second.send({ text: 'I am here' })
  const own = await second.receive()
  await first.send({ text: 'Hello' })

  assert.deepEqual(own, { from: 'Kim', text: 'I am here' })
  assert.deepEqual(await second.receive(), { from: 'Jon', text: 'Hello' })
})

await test('a ticket lets in once, and for a minute', async () => {
  const { client } = await signedUp('Mia')
  const { ticket } = await client.chatTicket.ok()
  const enter = (): Promise<AsyncDisposable> => anybody.chat({ params: { room: 'tea' }, query: { ticket } })

  await (await enter())[Symbol.asyncDispose]()
  await assert.rejects(enter(), (error) => error instanceof HandshakeRefused && error.status === 401)
  assert.equal((await anybody.chatTicket()).status, 401)

  let now = 0
  const tickets = new Tickets(() => now)
  const [early, late] = [tickets.issue('Mia'), tickets.issue('Mia')]
  now = 59_999
  assert.equal(tickets.redeem(early), 'Mia')
  now = 60_000
  assert.equal(tickets.redeem(late), null)
})

await test('who does not read holds nobody up, and has to leave', async () => {
  await using quick = await entered('Nat', 'milk')
  const slow = await entered('Ola', 'milk')
  const text = 'a'.repeat(500)

  for (let count = 0; count < 300; count++) {
    await quick.send({ text })
    assert.equal((await quick.receive()).text, text)
  }

  assert.deepEqual(await slow.closed, { code: 1013, reason: 'You are too far behind' })
})

await test('what a database cannot hold is told of, or is not there', async () => {
  const { client } = await signedUp('Pam')
  const far = { params: { id: Number.MAX_SAFE_INTEGER } }
  const form = { grant_type: 'password', username: 'a\0b', password: 'password' } as const

  const statuses = [
    (await anybody.items.get(far)).status,
    (await anybody.items.photo(far)).status,
    (await anybody.items.list({ query: { q: '\0' } })).status,
    (await anybody.users.signUp({ body: { name: 'a\0b', password: 'password' } })).status,
    (await anybody.users.token({ form })).status,
    (await client.items.add({ body: { name: 'a\0b', price: 1 } })).status,
    (await client.items.add({ body: { name: 'a\ud800b', price: 1 } })).status,
  ]

  assert.deepEqual(statuses, [404, 404, 422, 422, 400, 422, 422])
})

await test('an error of the database does not tell the values', async () => {
  const database = tests.state['database'] as Database

  await assert.rejects(database.addUser('\0', 'a hash'), (error: Error) => {
    assert.match(error.message, /^Cannot run "insert into users/)
    return !inspect(error).includes('a hash')
  })
})

await test('the document of the API names every operation', async () => {
  const document = await (await tests.get('/openapi.json')).json<{ paths: Record<string, object> }>()

  assert.deepEqual(Object.keys(document.paths).toSorted(), [
    '/chat/tickets',
    '/items',
    '/items/changes',
    '/items/{id}',
    '/items/{id}/photo',
    '/token',
    '/users',
    '/users/me',
  ])
})
