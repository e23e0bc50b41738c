import { test } from 'tap'
import { serve } from '../../../lib/servers/node/serve.ts'
import { lint } from '../../../lib/testing/conformance/lint.ts'
import { GeneratedClient } from '../../support/generated-client.ts'
import { libraryAPI } from './library-api.ts'

const quiet = { info() {}, warn() {}, error() {} }

/** Calls the API by the client that was made of its document; the compiler checks what goes in and what comes out. */
const program = `import { Api } from './api.ts'
import type { BookInput, BookOutput, ValidationProblem } from './api.ts'

const api = new Api({ baseUrl: process.argv[2]! })
const book: BookInput = { title: 'Emma', pages: 474, authors: [{ name: 'Jane' }] }
const bearer = { headers: { authorization: 'Bearer secret' } }
const created = await api.books.postBooks(book, bearer)
const stored: BookOutput = created.data
const language: string = stored.language
const read = await api.books.getBook(7)
const title: string = read.data.title
const list = await api.books.getBooks({ q: 'emma', tag: ['a', 'b'], limit: 5 })
const uploaded = await api.books.putBooksByIdCover(7, { cover: new File(['x'], 'cover.png') })
const wrong = await api.books.postBooks({ ...book, pages: -1 }, bearer).catch((answer) => answer)
const problem = wrong.error as ValidationProblem
const unknown = await api.books.postBooks(book).catch((answer) => answer.status)
console.log(JSON.stringify({
  status: created.status, language, title, list: list.data, uploaded: uploaded.status, problem: problem.errors, unknown,
}))
declare const process: { argv: string[] }
`

test('openapi: a client that an independent generator makes of the document compiles and calls the API', async (t) => {
  t.setTimeout(120_000)
  const app = libraryAPI()
  await using client = await GeneratedClient.compile(app.openapi(), program)
  t.equal(client.complaints, '')

  await using server = await serve(lint(app), { port: 0, log: quiet })
  const { code, output } = await client.run(server.url)
  t.equal(code, 0)
  t.match(JSON.parse(output), {
    status: 201,
    language: 'en',
    title: 'Book 7',
    list: [],
    uploaded: 200,
    problem: [{ in: 'body', path: ['pages'] }],
    unknown: 401,
  })
})
