import { Validator } from '@seriousme/openapi-schema-validator'
import { test } from 'tap'
import store from '../../docs/examples/store/app.ts'
import { serve } from '../../lib/servers/node/serve.ts'
import { lint } from '../../lib/testing/conformance/lint.ts'
import { GeneratedClient } from '../support/generated-client.ts'

const quiet = { info() {}, warn() {}, error() {} }

test('store: its document is valid by the official schema', async (t) => {
  const document = JSON.parse(JSON.stringify(store.openapi())) as Record<string, unknown>
  const { valid, errors } = await new Validator().validate(document)
  t.equal(valid, true, JSON.stringify(errors))
})

test('store: its document names the scheme and the scopes of its operations', async (t) => {
  const { paths, components } = store.openapi()
  t.match(components?.securitySchemes, {
    oauth2Password: { type: 'oauth2', flows: { password: { tokenUrl: '/token', scopes: { 'items:write': String } } } },
  })
  t.strictSame(paths['/items']?.['post']?.security, [{ oauth2Password: ['items:write'] }])
  t.strictSame(paths['/users/me']?.['get']?.security, [{ oauth2Password: [] }])
  t.equal(paths['/items']?.['get']?.security, undefined)
})

/** Does what a user of the store does; the compiler checks what goes in and what comes out. */
const program = `import { Api } from './api.ts'
import type { ValidationProblem } from './api.ts'

declare const process: { argv: string[] }

const api = new Api<string>({
  baseUrl: process.argv[2]!,
  securityWorker: (token) => (token === null ? {} : { headers: { authorization: 'Bearer ' + token } }),
})
const statusOf = (answer: { status: number }): number => answer.status
const password = 'secret of Ada'

const { name } = (await api.users.postUsers({ name: 'Ada', password })).data
const token = await api.token.postToken({ grant_type: 'password', username: name, password, scope: 'items:write' })
const type: 'bearer' = token.data.token_type
const stranger = await api.items.postItems({ name: 'Cup', price: 9 }).catch(statusOf)
api.setSecurityData(token.data.access_token)
const me: string = (await api.users.getUsersMe()).data.name
const added = await api.items.postItems({ name: 'Green tea', price: 3 })
const { id } = added.data
const price: number = (await api.items.patchItemsById(id, { price: 4 })).data.price
const photo = new File([Uint8Array.of(0x89, 0x50, 0x4e, 0x47)], 'tea.png', { type: 'image/png' })
const hasPhoto: boolean = (await api.items.putItemsByIdPhoto(id, { photo })).data.hasPhoto
const list = await api.items.getItems({ q: 'GREEN', limit: 5 })
const names: string[] = list.data.map((item) => item.name)
const wrong = await api.items.postItems({ name: '', price: -1 }).catch((answer) => answer)
const { errors } = wrong.error as ValidationProblem
const removed = statusOf(await api.items.deleteItemsById(id))
const missing = await api.items.getItemsById(id).catch(statusOf)
console.log(JSON.stringify({ type, stranger, me, added: added.status, price, hasPhoto, names, errors, removed, missing }))
`

test('store: a client that an independent generator makes of its document compiles and uses it', async (t) => {
  t.setTimeout(120_000)
  await using client = await GeneratedClient.compile(store.openapi(), program)
  t.equal(client.complaints, '')

  await using server = await serve(lint(store), { port: 0, log: quiet })
  const { code, output } = await client.run(server.url)
  t.equal(code, 0)
  t.match(JSON.parse(output), {
    type: 'bearer',
    stranger: 401,
    me: 'Ada',
    added: 201,
    price: 4,
    hasPhoto: true,
    names: ['Green tea'],
    errors: [
      { in: 'body', path: ['name'] },
      { in: 'body', path: ['price'] },
    ],
    removed: 204,
    missing: 404,
  })
})
