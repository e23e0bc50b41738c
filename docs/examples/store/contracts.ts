import { contract, oauth2PasswordForm, websocketContract } from 'stelline/client'
import { z } from 'zod'
import { Text } from './text.ts'

/*
 * What the store and its clients agree upon. Nothing of the server is in here, so a page in a browser can use it too.
 */

const Credentials = z.object({ name: Text.min(1).max(50), password: z.string().min(8).max(200) })
const User = z.object({ name: z.string() })
const Token = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  expires_in: z.int(),
  scope: z.string().optional(),
})
/** Why there is no token: RFC 6749, 5.2. */
const TokenError = z.object({ error: z.enum(['invalid_grant', 'invalid_scope']), error_description: z.string() })

export const Item = z.object({
  id: z.int(),
  name: z.string(),
  price: z.number(),
  owner: z.string(),
  hasPhoto: z.boolean(),
})
export type Item = z.output<typeof Item>

const NewItem = z.object({ name: Text.trim().min(1).max(100), price: z.number().positive() })
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
      responses: { 200: Token, 400: TokenError },
    }),
    me: contract('GET', '/users/me', { tags: ['users'], responses: { 200: User, 401: unknown } }),
  },
  items: {
    list: contract('GET', '/items', {
      tags: ['items'],
      query: z.object({ q: Text.optional(), limit: z.int().min(1).max(100).default(20) }),
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
  /** Browsers can prove who they are in the URL of a WebSocket alone. A ticket is good for that, a token is not. */
  chatTicket: contract('POST', '/chat/tickets', {
    tags: ['chat'],
    responses: { 201: z.object({ ticket: z.string(), expires_in: z.int() }), 401: unknown },
  }),
  chat: websocketContract('/chat/{room}', {
    query: z.object({ ticket: z.string() }),
    receive: z.object({ text: z.string().min(1).max(500) }),
    send: z.object({ from: z.string(), text: z.string() }),
  }),
}
