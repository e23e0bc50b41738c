import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'
import getExePath from '../../../node_modules/typescript/lib/getExePath.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Compiles a project, and returns what the compiler says. */
function compile(directory: string, configuration: object): string {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(configuration))
  return spawnSync(getExePath(), ['-p', directory], { encoding: 'utf8' }).stdout
}

/** What a page does with a client; a browser and the client are all that it knows. */
const page = `import { contract, createClient, websocketContract } from './shipped/lib/client/index.js'
import { z } from 'zod'
const contracts = {
  get: contract('GET', '/items/{id:int}', { query: z.object({ at: z.date() }), responses: { 200: z.object({ at: z.date() }) } }),
  add: contract('POST', '/items', { form: z.object({ photo: z.file() }), responses: { 204: null } }),
  changes: contract('GET', '/changes', { responses: { 200: { schema: z.number(), stream: 'events' } } }),
  chat: websocketContract('/chat/{room}', { receive: z.object({ text: z.string() }), send: z.object({ n: z.number() }) }),
}
const fetch = (url: string, init: RequestInit): Promise<Response> => globalThis.fetch(url, { ...init, credentials: 'include' })
const client = createClient(contracts, { baseUrl: '/api', fetch, webSocket: (url) => new WebSocket(url) })
export async function run(): Promise<void> {
  const answer = await client.get({ params: { id: 1 }, query: { at: new Date() } })
  answer.response satisfies Response
  if (answer.status === 200) answer.data.at.toUpperCase()
  await client.add({ form: { photo: new File([], 'tea.png') } })
  for await (const number of await client.changes.ok()) number.toFixed()
  await using chat = await client.chat({ params: { room: 'tea' } })
  await chat.send({ text: 'Hello' })
  for await (const { n } of chat) n.toFixed()
}
`

test('stelline/client: its declarations need a browser and nothing of Node', async (t) => {
  t.setTimeout(120_000)
  mkdirSync(join(root, 'coverage'), { recursive: true })
  const directory = mkdtempSync(join(root, 'coverage', 'declarations-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  const shipped = compile(join(directory, 'shipped'), {
    extends: join(root, 'tsconfig.build.json'),
    compilerOptions: {
      rootDir: root,
      outDir: '.',
      emitDeclarationOnly: true,
      sourceMap: false,
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: [],
    files: [join(root, 'lib/client/index.ts')],
  })
  t.equal(shipped, '')

  writeFileSync(join(directory, 'page.ts'), page)
  const found = compile(directory, {
    compilerOptions: {
      target: 'es2022',
      lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable', 'esnext.disposable'],
      module: 'esnext',
      moduleResolution: 'bundler',
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
    },
    files: ['page.ts'],
  })

  t.equal(found, '')
})
