import { apiKey, Application, contract, HTTPException, UploadFile } from 'stelline'
import { z } from 'zod'

const Book = z
  .object({
    title: z
      .string()
      .min(1)
      .meta({ description: 'As on the cover', examples: ['Emma'] }),
    pages: z.int().positive(),
    language: z.string().default('en'),
  })
  .meta({ id: 'Book' })

const key = apiKey({ in: 'header', name: 'x-key' })

const books = new Map([[1, { title: 'Emma', pages: 474, language: 'en' }]])

const app = new Application({
  openapi: {
    title: 'Library',
    version: '1.0.0',
    tags: [{ name: 'books', description: 'What can be read' }],
    webhooks: { bookAdded: contract({ body: Book, responses: { 204: null } }) },
    docs: { swagger: '/docs', redoc: '/redoc', scalar: '/scalar' },
  },
})

app.get(
  '/books/{id:int}',
  { responses: { 200: Book, 404: { description: 'There is no such book' } }, tags: ['books'], operationId: 'readBook' },
  ({ params }) => {
    const book = books.get(params.id)
    if (book === undefined) throw new HTTPException(404)
    return book
  },
)

app.post(
  '/books',
  {
    body: Book,
    security: [key],
    responses: { 201: { schema: Book, description: 'It is on the shelf' } },
    tags: ['books'],
    summary: 'Adds a book',
    examples: { body: { emma: { title: 'Emma', pages: 474 } } },
  },
  ({ body, reply }) => {
    books.set(books.size + 1, body)
    return reply(201, body)
  },
)

app.put(
  '/books/{id:int}/cover',
  { form: z.object({ cover: z.instanceof(UploadFile) }), responses: { 204: null }, tags: ['books'] },
  () => undefined,
)

export default app
