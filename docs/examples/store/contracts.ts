import { contract, oauth2PasswordForm, websocketContract } from 'stelline/client'
import { z } from 'zod'

/*
 * What the store and its clients agree upon. Nothing of the server is in here, so a page in a browser can use it too.
 */

const Credentials = z.object({ name: z.string().min(1).max(50), password: z.string().min(8).max(200) })
const User = z.object({ name: z.string() })
const Token = z.object({ access_token: z.string(), token_type: z.literal('bearer'), expires_in: z.int() })

export const Item = z.object({
  id: z.int(),
  name: z.string(),
  price: z.number(),
  owner: z.string(),
  hasPhoto: z.boolean(),
})
export type Item = z.output<typeof Item>

const NewItem = z.object({ name: z.string().trim().min(1).max(100), price: z.number().positive() })
const Change = z.object({ kind: z.enum(['added', 'changed', 'removed']), item: Item })
export type Change = z.output<typeof Change>

const Photo = z.object({ photo: z.file().mime(['image/png', 'image/jpeg']).max(500_000) })

/** What is answered by throwing an exception. */
const refusal = (description: string): { description: string; mediaType: 'text/plain' } => ({
  description,
  mediaType: 'text/plain',
})
const unknown = refusal('There is no token that holds')
const forbidden = refusal('The token does not allow this, or the item is not yours')
const missing = refusal('There is no such item')

export const contracts = {
  users: {
    signUp: contract('POST', '/users', {
      tags: ['users'],
      body: Credentials,
      responses: { 201: User, 409: refusal('The name is taken') },
    }),
    token: contract('POST', '/token', {
      tags: ['users'],
      form: oauth2PasswordForm,
      responses: { 200: Token, 400: refusal('Name and password do not belong together') },
    }),
    me: contract('GET', '/users/me', { tags: ['users'], responses: { 200: User, 401: unknown } }),
  },
  items: {
    list: contract('GET', '/items', {
      tags: ['items'],
      query: z.object({ q: z.string().optional(), limit: z.int().min(1).max(100).default(20) }),
      responses: { 200: z.array(Item) },
    }),
    changes: contract('GET', '/items/changes', {
      tags: ['items'],
      responses: { 200: { schema: Change, stream: 'events' } },
    }),
    get: contract('GET', '/items/{id:int}', { tags: ['items'], responses: { 200: Item, 404: missing } }),
    add: contract('POST', '/items', {
      tags: ['items'],
      body: NewItem,
      responses: { 201: Item, 401: unknown, 403: forbidden },
    }),
    change: contract('PATCH', '/items/{id:int}', {
      tags: ['items'],
      body: NewItem.partial(),
      responses: { 200: Item, 401: unknown, 403: forbidden, 404: missing },
    }),
    remove: contract('DELETE', '/items/{id:int}', {
      tags: ['items'],
      responses: { 204: null, 401: unknown, 403: forbidden, 404: missing },
    }),
    setPhoto: contract('PUT', '/items/{id:int}/photo', {
      tags: ['items'],
      form: Photo,
      responses: { 200: Item, 401: unknown, 403: forbidden, 404: missing },
    }),
    photo: contract('GET', '/items/{id:int}/photo', {
      tags: ['items'],
      responses: { 200: { mediaType: 'application/octet-stream' }, 404: missing },
    }),
  },
  chat: websocketContract('/chat/{room}', {
    query: z.object({ token: z.string() }),
    receive: z.object({ text: z.string().min(1).max(500) }),
    send: z.object({ from: z.string(), text: z.string() }),
  }),
}
