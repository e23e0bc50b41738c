import { z } from 'zod'
import { contract } from '../../../lib/endpoint/contract/contract.ts'
import { streamEvent } from '../../../lib/endpoint/contract/stream-event.ts'
import { depends } from '../../../lib/endpoint/dependencies/depends.ts'
import { securityScopes, withScopes } from '../../../lib/endpoint/dependencies/scopes.ts'
import { apiKey } from '../../../lib/endpoint/security/api-key.ts'
import { oauth2Password } from '../../../lib/endpoint/security/oauth2.ts'
import { oauth2PasswordForm } from '../../../lib/endpoint/security/oauth2-password-form.ts'
import { UploadFile } from '../../../lib/http/upload-file.ts'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import { Application } from '../../../routing/application.ts'
import type { OpenAPIOptions } from '../../../routing/openapi/openapi-options.ts'
import { Router } from '../../../routing/router.ts'

export const Author = z.object({ name: z.string().min(1), born: z.date().optional() }).meta({ id: 'Author' })
export const Book = z
  .object({
    title: z
      .string()
      .min(1)
      .meta({ description: 'As on the cover', examples: ['Emma'] }),
    pages: z.int().positive(),
    language: z.string().default('en'),
    authors: z.array(Author),
    get sequels() {
      return z.array(Book).optional()
    },
  })
  .meta({ id: 'Book', description: 'Something to read' })
const Fault = z.object({ reason: z.string() }).meta({ id: 'Fault' })

export const oauth = oauth2Password({ tokenUrl: '/token', scopes: { 'books:write': 'Change books' } })
const user = depends({ token: oauth, scopes: securityScopes }, ({ token }) => ({ name: token }))
export const key = apiKey({ in: 'header', name: 'x-key', autoError: false })

const search = z.object({
  q: z.string().optional().meta({ description: 'Words of the title', deprecated: true }),
  limit: z.coerce.number().int().max(100).default(10),
  tag: z.array(z.string()).optional(),
  order: z.enum(['title', 'pages']).default('title'),
})

const bookLent = contract({ body: Book, responses: { 204: null }, summary: 'A book was lent' })

/** An API that has one of everything. */
export function libraryAPI(options: OpenAPIOptions = {}): Application {
  const app = new Application({
    openapi: {
      title: 'Library <1>',
      version: '1.2.3',
      summary: 'Books',
      description: 'All the *books*.',
      termsOfService: 'https://example.org/terms',
      contact: { name: 'Library', email: 'library@example.org' },
      license: { name: 'MIT', identifier: 'MIT' },
      externalDocs: { url: 'https://example.org/more' },
      tags: [{ name: 'books', description: 'Reading' }, { name: 'files' }],
      webhooks: { bookLent },
      ...options,
    },
  })
  app.get(
    '/books',
    {
      query: search,
      headers: z.object({ userAgent: z.string().optional(), authorization: z.string().optional() }),
      cookies: z.object({ shelf: z.string().optional() }),
      responses: {
        200: { schema: z.array(Book), headers: { 'x-total': { schema: z.int(), description: 'All of them' } } },
      },
      tags: ['books'],
      summary: 'Finds books',
      examples: { query: { words: { q: 'emma', limit: 5 } } },
      externalDocs: { url: 'https://example.org/search' },
    },
    () => [],
  )
  app.post(
    '/books',
    {
      body: Book,
      security: [withScopes(user, ['books:write'])],
      responses: {
        201: { schema: Book, description: 'It is on the shelf', links: { self: { operationId: 'getBook' } } },
        409: Fault,
      },
      tags: ['books'],
      examples: {
        body: { emma: { title: 'Emma', pages: 474, authors: [] }, other: { summary: 'Other', value: { title: 'x' } } },
      },
      callbacks: { stored: { '{$request.body#/callback}': bookLent } },
      servers: [{ url: 'https://write.example.org' }],
    },
    ({ body, reply }) => reply(201, body),
  )
  app.get(
    '/books/{id:int}',
    { responses: { 200: Book, 404: null, '5XX': Fault, default: Fault }, operationId: 'getBook', security: [key] },
    ({ params }) => ({ title: `Book ${params.id}`, pages: 1, authors: [] }),
  )
  app.delete('/books/{book:int}', { responses: { 204: null }, deprecated: true }, () => undefined)
  app.put(
    '/books/{id:int}/cover',
    { form: z.object({ cover: z.file(), alt: z.string().optional() }), tags: ['files'] },
    () => ({}),
  )
  app.post('/scans', { form: z.object({ pages: z.array(z.instanceof(UploadFile)) }) }, () => ({}))
  app.post('/token', { form: oauth2PasswordForm }, () => ({ access_token: 'x', token_type: 'bearer' }))
  app.get('/lines', { responses: { 200: { schema: Author, stream: 'json-lines' } } }, function* () {
    yield { name: 'Jane' }
  })
  app.get('/events', { responses: { 200: { schema: Author, mediaType: 'text/event-stream' } } }, function* () {
    yield streamEvent({ name: 'Jane' }, { id: '1' })
  })
  app.query('/books', { body: z.object({ sql: z.string() }).optional() }, () => [])
  app.get('/files/{path:path}', { responses: { 200: { mediaType: 'text/plain' } } }, () => new PlainTextResponse('x'))
  app.get('/hidden', { includeInSchema: false }, () => ({}))
  app.get('/plain', () => new PlainTextResponse('x'))
  app.websocket('/chat', { send: Author }, async ({ websocket }) => {
    await websocket.close()
  })

  const people = new Router({ dependencies: [key] })
  people.get(
    '/{uuid:uuid}',
    { openapi: { 'x-cached': true, responses: { 200: { description: 'Somebody' } } } },
    () => ({}),
  )
  app.include(people, { prefix: '/people', tags: ['people'], deprecated: true, responses: { 418: null } })
  const shelves = new Router()
  shelves.get('/{id}', {}, () => ({}))
  app.mount('/shelves/{id}', shelves)
  const admin = new Router()
  admin.get('/admin', {}, () => ({}))
  app.host('{tenant}.example.org', admin)
  const own = new Application({ openapi: {} })
  own.get('/inner', {}, () => ({}))
  app.mount('/own', own)
  return app
}
