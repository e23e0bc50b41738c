import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateApi } from 'swagger-typescript-api'
import { test } from 'tap'
import { serve } from '../../../lib/servers/node/serve.ts'
import { lint } from '../../../lib/testing/conformance/lint.ts'
import getExePath from '../../../node_modules/typescript/lib/getExePath.js'
import { run } from '../../clients/program.ts'
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

const compilerOptions = {
  target: 'es2022',
  module: 'nodenext',
  lib: ['es2023', 'dom', 'dom.iterable'],
  types: [],
  strict: true,
  skipLibCheck: true,
  rewriteRelativeImportExtensions: true,
  outDir: 'out',
}

test('openapi: a client that an independent generator makes of the document compiles and calls the API', async (t) => {
  t.setTimeout(120_000)
  const directory = mkdtempSync(join(tmpdir(), 'stelline-client-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  const app = libraryAPI()
  const spec = JSON.parse(JSON.stringify(app.openapi())) as never
  const { files } = await generateApi({ spec, output: false, httpClientType: 'fetch', silent: true })
  writeFileSync(join(directory, 'api.ts'), files[0]!.fileContent)
  writeFileSync(join(directory, 'main.ts'), program)
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }))

  const compiled = spawnSync(getExePath(), ['-p', directory], { encoding: 'utf8', cwd: directory })
  t.equal(compiled.stdout, '')
  t.equal(compiled.status, 0)

  await using server = await serve(lint(app), { port: 0, log: quiet })
  const { code, output } = await run(process.execPath, [join(directory, 'out', 'main.js'), server.url])
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
