import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'
import { z } from 'zod'
import getExePath from '../../node_modules/typescript/lib/getExePath.js'
import { StaticFiles } from '../../lib/content/static-files.ts'
import { HTMLResponse } from '../../lib/response/html-response.ts'
import { RedirectResponse } from '../../lib/response/redirect-response.ts'
import { serve } from '../../lib/servers/node/serve.ts'
import { lint } from '../../lib/testing/conformance/lint.ts'
import { Application } from '../../routing/application.ts'
import { Browser } from '../support/browser.ts'
import { missing } from './program.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Compiles the client as it is shipped, and returns where. */
function compiled(): string {
  mkdirSync(join(root, 'coverage'), { recursive: true })
  const directory = mkdtempSync(join(root, 'coverage', 'client-'))
  const compilerOptions = {
    rootDir: root,
    outDir: join(directory, 'modules'),
    declaration: false,
    sourceMap: false,
    isolatedDeclarations: false,
  }
  const configuration = {
    extends: join(root, 'tsconfig.build.json'),
    compilerOptions: { ...compilerOptions, typeRoots: [join(root, 'node_modules/@types')] },
    include: [],
    files: [join(root, 'lib/client/index.ts')],
  }
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(configuration))
  const { status, stdout } = spawnSync(getExePath(), ['-p', directory], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`Cannot compile the client: ${stdout}`)
  return directory
}

const Item = z.object({ name: z.string() })

function app(modules: string): Application {
  const made = new Application()
  made.get('/', () => new HTMLResponse('<title>page</title>'))
  made.mount('/modules', new StaticFiles({ directory: modules }))
  made.post('/api/items/{id:int}', { body: Item, responses: { 201: Item } }, ({ body }) => body)
  made.get('/api/events', { responses: { 200: { stream: 'events' } } }, function* () {
    yield { n: 1 }
    yield { n: 2 }
  })
  made.post('/api/form', { form: z.object({ file: z.file() }) }, async ({ form }) => form.file.text())
  made.websocket('/api/echo', {}, async ({ websocket }) => {
    await websocket.accept()
    for await (const message of websocket) await websocket.send({ echo: message })
  })
  made.get('/api/moved', () => new RedirectResponse('/api/followed', { status: 302 }))
  made.get('/api/followed', {}, ({ request }) => request.headers.get('x-client'))
  made.websocket('/api/closed', {}, ({ websocket }) => websocket.close())
  return made
}

const script = `(async () => {
  const { contract, createClient, websocketContract } = await import('/modules/lib/client/index.js')
  const client = createClient({
    add: contract('POST', '/items/{id:int}', { responses: { 201: {}, 422: {} } }),
    events: contract('GET', '/events', { responses: { 200: { stream: 'events' } } }),
    form: contract('POST', '/form', {}),
    moved: contract('GET', '/moved', { responses: { 302: null } }),
    followed: contract('GET', '/moved', { responses: { 200: {}, 304: null } }),
    echo: websocketContract('/echo', {}),
    closed: websocketContract('/closed', {}),
  }, { baseUrl: '/api', headers: () => ({ 'x-client': 'page' }) })
  const added = await client.add({ params: { id: 1 }, body: { name: 'tea' } })
  const refused = await client.add({ params: { id: 1 }, body: {} })
  const events = []
  for await (const item of await client.events.ok()) events.push(item)
  const file = await client.form.ok({ form: { file: new File(['leaf'], 'tea.txt') } })
  const moved = await client.moved().catch((error) => error.message)
  const followed = await client.followed.ok()
  const refusedSocket = await client.closed().catch((error) => error.name)
  const socket = await client.echo()
  await socket.send('Hello')
  const echo = await socket.receive()
  await socket.close()
  const closed = await socket.closed
  return { added: [added.status, added.data], refused: refused.status, events, file, moved, followed, refusedSocket, echo, closed }
})()`

test('Chromium: the client calls a server', { skip: missing('chromium'), timeout: 90_000 }, async (t) => {
  const directory = compiled()
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  const quiet = { info() {}, warn() {}, error() {} }
  await using server = await serve(lint(app(join(directory, 'modules'))), { port: 0, log: quiet })
  await using browser = await Browser.open()

  await browser.visit(server.url)
  const seen = await browser.evaluate(script)

  t.strictSame(seen, {
    added: [201, { name: 'tea' }],
    refused: 422,
    events: [{ n: 1 }, { n: 2 }],
    file: 'leaf',
    moved:
      'Cannot read the redirect that GET /moved is answered with: browsers hide redirects from scripts, ' +
      'expected a contract that declares none, so that they follow it',
    followed: 'page',
    refusedSocket: 'HandshakeRefused',
    echo: { echo: 'Hello' },
    closed: { code: 1000, reason: '' },
  })
})
