import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import type { Test } from 'tap'
import { Application, JSONResponse, Mount, PlainTextResponse, Route, StaticFiles, Templates } from 'stelline'
import type { StaticFilesOptions } from 'stelline'
import { TestClient } from 'stelline/testing'
import type { TestResponse } from 'stelline/testing'
import { FileLookup } from '../../lib/content/file-lookup.ts'
import { OpenFile } from '../../lib/response/open-file.ts'

/*
 * What static files, templates and background work do in Starlette 1.3, fact by fact, and what they do here. "Better" marks
 * where it was corrected.
 */

type Fact = readonly [section: string, feature: string, check: (t: Test) => Promise<unknown>]

const root = mkdtempSync(join(tmpdir(), 'stelline-starlette-files-'))
process.on('exit', () => rmSync(root, { recursive: true }))
const directory = join(root, 'public')
mkdirSync(join(directory, 'dir'), { recursive: true })
mkdirSync(join(root, 'public_other'))
writeFileSync(join(directory, 'a.txt'), 'hello')
writeFileSync(join(directory, 'dir/index.html'), '<h1>index</h1>')
writeFileSync(join(directory, '404.html'), '<h1>missing</h1>')
writeFileSync(join(root, 'public_other/b.txt'), 'SECRET')
symlinkSync(join(root, 'public_other/b.txt'), join(directory, 'out.txt'))
symlinkSync('a.txt', join(directory, 'in.txt'))

async function get(
  path: string,
  options: StaticFilesOptions = { directory },
  { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {},
): Promise<TestResponse> {
  const app = new Application({ routes: [new Mount('/', new StaticFiles(options))] })
  await using client = await TestClient.open(app, { followRedirects: false })
  const response = await client.request(method, path, { headers })
  await response.bytes()
  return response
}

const statusOf = async (...args: Parameters<typeof get>): Promise<number> => (await get(...args)).status

const staticFiles: readonly Fact[] = [
  [
    '1.10',
    'a directory that is missing or is a file is an error; better: when the app is built',
    async (t) => {
      t.throws(() => new StaticFiles({ directory: join(root, 'missing') }), { name: 'TypeError' })
      t.throws(() => new StaticFiles({ directory: join(directory, 'a.txt') }), { name: 'TypeError' })
      t.equal(await statusOf('/a.txt', { directory: join(root, 'missing'), checkDirectory: false }), 404)
    },
  ],
  [
    '1.10',
    'the files of a package',
    async (t) => {
      t.equal(await statusOf('/package.json', { package: 'tap' }), 200)
      t.equal(await statusOf('/main.js', { package: { name: 'tap', directory: 'dist/esm' } }), 200)
    },
  ],
  [
    '1.10',
    'GET and HEAD, else 405',
    async (t) => {
      for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
        t.equal(await statusOf('/a.txt', { directory }, { method }), 405)
      }
    },
  ],
  [
    '1.10',
    'HEAD reads no file',
    async (t) => {
      const reads = t.capture(OpenFile.prototype, 'read', OpenFile.prototype.read)
      const response = await get('/a.txt', { directory }, { method: 'HEAD' })
      t.equal(response.headers.get('content-length'), '5')
      t.equal(reads().length, 0)
      await get('/a.txt')
      t.equal(reads().length, 1)
    },
  ],
  [
    '1.10',
    'what is missing, a directory, a file as a directory, a name too long and NUL are 404',
    async (t) => {
      for (const path of ['/missing', '/dir', '/dir/', '/a.txt/b', `/${'x'.repeat(5000)}`, '/a%00.txt']) {
        t.equal(await statusOf(path), 404, path.slice(0, 20))
      }
    },
  ],
  [
    '1.10',
    'what the system forbids is 403; better than 401, which asks for credentials; other errors are 500',
    async (t) => {
      const app = new Application({ routes: [new Mount('/', new StaticFiles({ directory }))] })
      for (const [code, status] of [
        ['EACCES', 403],
        ['EIO', 500],
      ] as const) {
        t.intercept(FileLookup.prototype, 'find', {
          value: () => Promise.reject(Object.assign(new Error('failed'), { code })),
        })
        await using client = await TestClient.open(app, { raiseServerErrors: false })
        t.equal((await client.get('/a.txt')).status, status, code)
      }
    },
  ],
  [
    '1.10',
    'nothing outside the directory, not a sibling whose name begins as its name does',
    async (t) => {
      for (const path of [
        '/../public_other/b.txt',
        '/%2e%2e/public_other/b.txt',
        '/..%5cpublic_other%5cb.txt',
        '//etc/passwd',
        '/%5c%5chost%5cshare',
        '/out.txt',
      ]) {
        t.not(await statusOf(path), 200, path)
      }
    },
  ],
  [
    '1.10',
    'links within are followed, links that lead out only when asked',
    async (t) => {
      t.equal(await statusOf('/in.txt'), 200)
      t.equal(await statusOf('/out.txt', { directory, followSymlinks: true }), 200)
    },
  ],
  [
    '1.10',
    'html mode: the index, a redirect to the slash, and 404.html',
    async (t) => {
      const options = { directory, html: true }
      t.equal(await (await get('/dir/', options)).text(), '<h1>index</h1>')
      t.match((await get('/dir', options)).status, 307)
      const missing = await get('/nothing', options)
      t.strictSame([missing.status, await missing.text()], [404, '<h1>missing</h1>'])
    },
  ],
  [
    '1.10',
    'a file that was removed is gone',
    async (t) => {
      const page = join(directory, 'gone.html')
      writeFileSync(page, 'there')
      t.equal(await statusOf('/gone.html'), 200)
      unlinkSync(page)
      t.equal(await statusOf('/gone.html'), 404)
    },
  ],
  [
    '1.10',
    'if-none-match is a list without regard to W/, and goes before if-modified-since; a 304 keeps six fields',
    async (t) => {
      const { headers } = await get('/a.txt')
      const etag = headers.get('etag')!
      const modified = headers.get('last-modified')!
      const conditional = (fields: Record<string, string>): Promise<TestResponse> =>
        get('/a.txt', { directory, cacheControl: 'no-cache' }, { headers: fields })
      t.equal((await conditional({ 'if-none-match': `"x", W/${etag}` })).status, 304)
      t.equal((await conditional({ 'if-none-match': '"x"' })).status, 200)
      t.equal((await conditional({ 'if-none-match': '"x"', 'if-modified-since': modified })).status, 200)
      const unchanged = await conditional({ 'if-modified-since': modified })
      t.equal(unchanged.status, 304)
      t.strictSame([...unchanged.headers.keys()].sort(), ['cache-control', 'etag'])
    },
  ],
  [
    '1.10',
    'ranges are those of a file response',
    async (t) => t.equal(await (await get('/a.txt', { directory }, { headers: { range: 'bytes=1-2' } })).text(), 'el'),
  ],
]

const others: readonly Fact[] = [
  [
    '1.11',
    'templates have a directory or an engine, not both and not neither',
    async (t) => {
      const engine = { render: () => '' }
      t.throws(() => new Templates({}), { name: 'TypeError' })
      t.throws(() => new Templates({ directory, engine }), { name: 'TypeError' })
    },
  ],
  [
    '1.11',
    'templates escape, know urlFor and the context processors, and take status, headers, type and background',
    async (t) => {
      let ran = false
      const templates = new Templates({
        directory: t.testdir({ 'a.eta': '<%= it.name %> <%= it.urlFor("page") %> <%= it.site %>' }),
        contextProcessors: [(request) => ({ site: request.method })],
      })
      const app = new Application({
        routes: [
          new Route(
            '/page',
            (request) =>
              templates.response(
                request,
                'a',
                { name: '<b>' },
                { status: 201, headers: { 'x-a': '1' }, mediaType: 'text/plain', background: () => void (ran = true) },
              ),
            { name: 'page' },
          ),
        ],
      })
      await using client = await TestClient.open(app)
      const response = await client.get('/page')
      t.equal(await response.text(), '&lt;b&gt; http://testserver/page GET')
      t.strictSame(
        [response.status, response.headers.get('x-a'), response.headers.get('content-type')],
        [201, '1', 'text/plain; charset=utf-8'],
      )
      t.ok(ran)
      t.match(response.debug, [{ template: 'a', context: { name: '<b>', site: 'GET' } }])
    },
  ],
  [
    '1.11',
    'background work runs after the response, and its failure is that of the call',
    async (t) => {
      const order: string[] = []
      const app = new Application()
      app.get('/', () => new JSONResponse({}, { background: async () => void order.push('background') }))
      app.get('/failing', () => new PlainTextResponse('sent', { background: () => Promise.reject(new Error('late')) }))
      const client = await TestClient.open(app)
      const response = await client.get('/')
      order.push(await response.text())
      await client.close()
      t.strictSame(order.sort(), ['background', '{}'])
      const other = await TestClient.open(app, { raiseServerErrors: false })
      t.equal((await other.get('/failing')).status, 200)
      await other.close().catch(() => {})
    },
  ],
  [
    '1.11',
    'better: tasks of an application go on beside requests, and one that fails stops no other',
    async (t) => {
      const done: string[] = []
      const app = new Application({ tasks: { log: { error: (message) => void done.push(message) } } })
      app.get('/', (request) => {
        request.tasks.add(() => Promise.reject(new Error('failed')), 'first')
        request.tasks.add(async () => void done.push('second ran'), 'second')
        return new PlainTextResponse('')
      })
      const client = await TestClient.open(app)
      await client.get('/')
      await client.close()
      t.ok(done.includes('second ran'))
      t.equal(done.length, 2)
    },
  ],
]

for (const [section, feature, check] of [...staticFiles, ...others]) test(`Starlette §${section}: ${feature}`, check)
