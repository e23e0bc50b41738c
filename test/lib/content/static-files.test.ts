import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'tap'
import type { Test } from 'tap'
import { StaticFiles } from '../../../lib/content/static-files.ts'
import type { StaticFilesOptions } from '../../../lib/content/static-options.ts'
import { exceptionHandler } from '../../../lib/endpoint/exception-handlers.ts'
import { HTTPException } from '../../../lib/exceptions/http-exception.ts'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import type { TestResponse } from '../../../lib/testing/test-response.ts'
import { Application } from '../../../routing/application.ts'
import { Mount } from '../../../routing/mount.ts'
import { httpScope, receiveNothing, recorder, websocketScope } from '../../support/messages.ts'

const onWindows = process.platform === 'win32'

type Files = Readonly<Record<string, string | Uint8Array>>

const secrets: Files = { 'static_secret/key.txt': 'SECRET', 'secret.txt': 'SECRET' }

/** Makes a directory of files, outside of which there is another that must not be reached. */
function site(t: Test, files: Files): string {
  const root = mkdtempSync(join(tmpdir(), 'stelline-static-'))
  chmodSync(root, 0o755)
  t.teardown(() => rmSync(root, { recursive: true }))
  for (const [path, content] of Object.entries(secrets)) {
    write(join(root, path), content)
  }
  mkdirSync(join(root, 'static'))
  for (const [path, content] of Object.entries(files)) write(join(root, 'static', path), content)
  return join(root, 'static')
}

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

/** Runs something as a user whom permissions concern. */
async function unprivileged(run: () => Promise<void>): Promise<void> {
  const isRoot = process.getuid?.() === 0
  if (isRoot) process.seteuid!(65_534)
  try {
    await run()
  } finally {
    if (isRoot) process.seteuid!(0)
  }
}

interface Request {
  readonly method?: string
  readonly headers?: Record<string, string>
}

async function request(
  app: StaticFiles,
  path: string,
  { method = 'GET', headers = {} }: Request = {},
): Promise<TestResponse> {
  await using client = await TestClient.open(app, { followRedirects: false })
  const response = await client.request(method, path, { headers })
  await response.bytes()
  return response
}

async function get(
  options: StaticFilesOptions,
  path: string,
  headers: Record<string, string> = {},
): Promise<TestResponse> {
  return request(new StaticFiles(options), path, { headers })
}

test('StaticFiles: serves a file as a FileResponse would', async (t) => {
  const directory = site(t, { 'css/site.css': 'body {}' })
  const response = await get({ directory }, '/css/site.css')
  t.equal(response.status, 200)
  t.strictSame(
    [...response.headers.keys()],
    ['content-type', 'accept-ranges', 'last-modified', 'etag', 'content-length'],
  )
  t.equal(response.headers.get('content-type'), 'text/css; charset=utf-8')
  t.equal(await response.text(), 'body {}')
})

test('StaticFiles: HEAD gets the fields only', async (t) => {
  const app = new StaticFiles({ directory: site(t, { 'a.txt': 'hello' }) })
  const response = await request(app, '/a.txt', { method: 'HEAD' })
  t.equal(response.headers.get('content-length'), '5')
  t.equal(await response.text(), '')
})

for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'constructor', '__proto__']) {
  test(`StaticFiles: ${method} is not allowed`, async (t) => {
    const { send, sent } = recorder()
    const app = new StaticFiles({ directory: site(t, { 'a.txt': 'hello' }) })
    await app.asgi(httpScope({ method, path: '/a.txt' }), receiveNothing, send)
    t.match(sent[0], { status: 405 })
    t.equal(new Map((sent[0] as { headers: Iterable<[string, string]> }).headers).get('allow'), 'GET, HEAD')
  })
}

test('StaticFiles: conditions and ranges count', async (t) => {
  const directory = site(t, { 'a.txt': 'hello' })
  const etag = (await get({ directory }, '/a.txt')).headers.get('etag')!
  t.equal((await get({ directory }, '/a.txt', { 'if-none-match': `"x", W/${etag}` })).status, 304)
  t.equal((await get({ directory }, '/a.txt', { 'if-match': '"x"' })).status, 412)
  const range = await get({ directory }, '/a.txt', { range: 'bytes=1-2' })
  t.equal(range.status, 206)
  t.equal(await range.text(), 'el')
})

/** What is not there. */
const missing: readonly string[] = [
  '/missing',
  '/missing/',
  '/a.txt/',
  '/a.txt/b',
  '/dir',
  '/dir/',
  '/',
  `/${'x'.repeat(5000)}`,
]

for (const path of missing) {
  test(`StaticFiles: ${path.slice(0, 20)} is not found`, async (t) => {
    const directory = site(t, { 'a.txt': 'hello', 'dir/b.txt': '' })
    const response = await get({ directory }, path)
    t.equal(response.status, 404)
    t.equal(await response.text(), 'Not Found')
  })
}

test('StaticFiles: what the system does not let the server read is forbidden', async (t) => {
  const directory = site(t, { 'a.txt': 'hello', 'dir/b.txt': '' })
  chmodSync(join(directory, 'a.txt'), 0)
  chmodSync(join(directory, 'dir'), 0)
  await unprivileged(async () => {
    t.equal((await get({ directory }, '/a.txt')).status, 403)
    t.equal((await get({ directory }, '/dir/b.txt')).status, 403)
  })
  chmodSync(join(directory, 'dir'), 0o755)
})

test('StaticFiles: a name that a file system cannot hold is not found', async (t) => {
  t.equal((await get({ directory: site(t, {}) }, `/${'x'.repeat(300)}`)).status, 404)
})

test('StaticFiles: names of every kind', async (t) => {
  const names = [
    'a b.txt',
    '100%.txt',
    '%2e%2e',
    'a?b#c.txt',
    '日本語.txt',
    'constructor',
    '__proto__',
    'a;b',
    "a'b",
    'ä',
    '~a',
    'a:b',
  ]
  const app = new StaticFiles({ directory: site(t, Object.fromEntries(names.map((name) => [`x${name}`, name]))) })
  for (const name of names) t.equal(await (await request(app, `/x${encodeURIComponent(name)}`)).text(), name)
})

test('StaticFiles: a link that stays within is followed, one that leads out is not (CVE-2023-29159)', async (t) => {
  const directory = site(t, { 'real/a.txt': 'inside' })
  symlinkSync('real', join(directory, 'link'))
  symlinkSync(join(directory, 'real/a.txt'), join(directory, 'absolute.txt'))
  symlinkSync('../secret.txt', join(directory, 'out.txt'))
  symlinkSync('..', join(directory, 'up'))
  symlinkSync('../static_secret', join(directory, 'sibling'))
  t.equal(await (await get({ directory }, '/link/a.txt')).text(), 'inside')
  t.equal(await (await get({ directory }, '/absolute.txt')).text(), 'inside')
  for (const path of ['/out.txt', '/up/secret.txt', '/sibling/key.txt', '/up/static_secret/key.txt']) {
    t.equal((await get({ directory }, path)).status, 404)
  }
})

test('StaticFiles: followSymlinks lets links lead out, and nothing else', async (t) => {
  const directory = site(t, {})
  symlinkSync('../secret.txt', join(directory, 'out.txt'))
  t.equal(await (await get({ directory, followSymlinks: true }, '/out.txt')).text(), 'SECRET')
  t.equal((await get({ directory, followSymlinks: true }, '/../secret.txt')).status, 404)
})

test('StaticFiles: a link to itself is not found', async (t) => {
  const directory = site(t, {})
  symlinkSync('loop', join(directory, 'loop'))
  t.equal((await get({ directory }, '/loop')).status, 404)
  t.equal((await get({ directory, followSymlinks: true }, '/loop')).status, 404)
})

test('StaticFiles: the directory itself may be a link, and may be turned to another one', async (t) => {
  const root = dirname(site(t, {}))
  write(join(root, 'one/a.txt'), '1')
  write(join(root, 'two/a.txt'), '2')
  symlinkSync('one', join(root, 'current'))
  const app = new StaticFiles({ directory: join(root, 'current') })
  t.equal(await (await request(app, '/a.txt')).text(), '1')
  symlinkSync('two', join(root, 'next'))
  renameSync(join(root, 'next'), join(root, 'current'))
  t.equal(await (await request(app, '/a.txt')).text(), '2')
})

test('StaticFiles: a pipe and a socket are not found, and nobody waits for them', { skip: onWindows }, async (t) => {
  const directory = site(t, {})
  execFileSync('mkfifo', [join(directory, 'pipe')])
  const server = createServer().listen(join(directory, 'socket'))
  await once(server, 'listening')
  t.equal((await get({ directory }, '/pipe')).status, 404)
  t.equal((await get({ directory }, '/socket')).status, 404)
  server.close()
})

test('StaticFiles: dotfiles are refused unless they are allowed', async (t) => {
  const directory = site(t, { '.env': 'KEY=1', '.well-known/a': 'a' })
  t.equal((await get({ directory }, '/.env')).status, 404)
  t.equal((await get({ directory }, '/.well-known/a')).status, 404)
  t.equal(await (await get({ directory, dotfiles: 'allow' }, '/.well-known/a')).text(), 'a')
})

test('StaticFiles: answers follow the files: made, changed, removed', async (t) => {
  const directory = site(t, {})
  const app = new StaticFiles({ directory })
  t.equal((await request(app, '/a.txt')).status, 404)
  write(join(directory, 'a.txt'), 'one')
  const first = await request(app, '/a.txt')
  t.equal(await first.text(), 'one')
  write(join(directory, 'a.txt'), 'three')
  const second = await request(app, '/a.txt', { headers: { 'if-none-match': first.headers.get('etag')! } })
  t.equal(await second.text(), 'three')
  unlinkSync(join(directory, 'a.txt'))
  t.equal((await request(app, '/a.txt')).status, 404)
})

test('StaticFiles: a directory that comes later', async (t) => {
  const directory = join(site(t, {}), 'later')
  const app = new StaticFiles({ directory, checkDirectory: false })
  t.equal((await request(app, '/a.txt')).status, 404)
  write(join(directory, 'a.txt'), 'one')
  t.equal(await (await request(app, '/a.txt')).text(), 'one')
})

test('StaticFiles: several directories, the first that has a file wins', async (t) => {
  const directory = site(t, {
    'a/1.txt': 'a1',
    'b/1.txt': 'b1',
    'b/2.txt': 'b2',
    'b/sub/index.html': 'sub',
    'a/sub/x.txt': '',
  })
  const directories = [join(directory, 'a'), join(directory, 'b')]
  const app = new StaticFiles({ directories, html: true })
  t.equal(await (await request(app, '/1.txt')).text(), 'a1')
  t.equal(await (await request(app, '/2.txt')).text(), 'b2')
  t.equal(await (await request(app, '/sub/')).text(), 'sub')
  t.equal((await request(app, '/sub')).status, 307)
  t.equal((await request(app, '/3.txt')).status, 404)
})

test('StaticFiles: the files of a package', async (t) => {
  const response = await get({ package: 'zod' }, '/package.json')
  t.equal(await response.text(), readFileSync('node_modules/zod/package.json', 'utf8'))
})

const pages: Files = {
  'index.html': 'home',
  'docs/index.html': 'docs',
  'docs/a.html': 'a',
  '404.html': 'nothing here',
  'empty/a.txt': '',
}

/** Html mode: what each path gives. */
const html: readonly (readonly [path: string, status: number, result: string])[] = [
  ['/', 200, 'home'],
  ['/index.html', 200, 'home'],
  ['/docs/', 200, 'docs'],
  ['/docs', 307, './docs/'],
  ['/docs?a=1&b=%20', 307, './docs/?a=1&b=%20'],
  ['/docs/a.html', 200, 'a'],
  ['/docs/a', 404, 'nothing here'],
  ['/empty/', 404, 'nothing here'],
  ['/empty', 404, 'nothing here'],
  ['/docs/a.html/', 404, 'nothing here'],
  ['/index.html/', 404, 'nothing here'],
  ['/missing', 404, 'nothing here'],
  ['/.env', 404, 'nothing here'],
  ['/404.html', 200, 'nothing here'],
]

for (const [path, status, result] of html) {
  test(`StaticFiles: html mode, ${path}`, async (t) => {
    const response = await get({ directory: site(t, pages), html: true }, path)
    t.equal(response.status, status)
    t.equal(status === 307 ? response.headers.get('location') : await response.text(), result)
  })
}

test('StaticFiles: html mode without pages', async (t) => {
  const directory = site(t, { 'a.txt': '' })
  t.equal(await (await get({ directory, html: true }, '/')).text(), 'Not Found')
  t.equal(await (await get({ directory, html: true }, '/missing')).text(), 'Not Found')
})

test('StaticFiles: the page for what is missing is never a 304 or a part', async (t) => {
  const directory = site(t, pages)
  const response = await get({ directory, html: true }, '/missing', { 'if-none-match': '*', range: 'bytes=0-1' })
  t.equal(response.status, 404)
  t.equal(await response.text(), 'nothing here')
  t.equal(response.headers.has('etag'), false)
})

/** Slash redirects as an attacker would like them: CVE-2024-29041, CVE-2026-54282. */
const redirects: readonly (readonly [path: string, status: number, location: string | null])[] = [
  ['//docs', 404, null],
  ['//evil.example/docs', 404, null],
  ['/\\evil.example', 404, null],
  ['/%5Cevil.example', 404, null],
  ['/%2F%2Fevil.example', 404, null],
  ['/evil.example', 307, './evil.example/'],
  ['/a%0D%0Ab', 307, './a%0D%0Ab/'],
  ['/javascript:x', 307, './javascript:x/'],
  ['/%3Fx%23y', 307, './%3Fx%23y/'],
  ['/100%25', 307, './100%25/'],
]

for (const [path, status, location] of redirects) {
  test(`StaticFiles: the redirect of ${path} stays on its host`, async (t) => {
    const names = ['evil.example', 'docs', 'a\r\nb', 'javascript:x', '?x#y', '100%']
    const directory = site(t, Object.fromEntries(names.map((name) => [`${name}/index.html`, ''])))
    const response = await get({ directory, html: true }, path)
    t.equal(response.status, status)
    t.equal(response.headers.get('location'), location)
  })
}

test('StaticFiles: redirects within a mount, and from the mount itself', async (t) => {
  const app = new StaticFiles({ directory: site(t, pages), html: true })
  await using client = await TestClient.open(new Application({ routes: [new Mount('/site', app)] }))
  const docs = await client.get('/site/docs')
  t.equal(docs.url, 'http://testserver/site/docs/')
  t.equal(await docs.text(), 'docs')
  t.equal(await (await client.get('/site')).text(), 'home')
  const { send, sent } = recorder()
  await app.asgi(httpScope({ path: '/site', root_path: '/site' }), receiveNothing, send)
  t.match(
    [...(sent[0] as { headers: Iterable<unknown> }).headers],
    [
      ['content-length', '0'],
      ['location', './site/'],
    ],
  )
})

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'

/** Who gets the fallback of a single-page app. */
const navigations: readonly (readonly [path: string, headers: Record<string, string>, status: number])[] = [
  ['/users/7', { accept: browser }, 200],
  ['/users/', { accept: browser }, 200],
  ['/users/7', { accept: browser, 'sec-fetch-mode': 'navigate' }, 200],
  ['/users/7', { accept: 'TEXT/HTML' }, 200],
  ['/users/7', { accept: browser, 'sec-fetch-mode': 'cors' }, 404],
  ['/users/7', { accept: '*/*' }, 404],
  ['/users/7', { accept: 'application/json' }, 404],
  ['/users/7', { accept: 'text/html;q=0, */*' }, 404],
  ['/users/7', {}, 404],
  ['/assets/missing.js', { accept: '*/*' }, 404],
  ['/.env', { accept: browser }, 404],
  ['/../secret.txt', { accept: browser }, 404],
]

for (const [path, headers, status] of navigations) {
  test(`StaticFiles: fallback for ${path} with ${JSON.stringify(headers)}: ${status}`, async (t) => {
    const directory = site(t, { 'index.html': 'app', 'users/x.txt': '' })
    const response = await get({ directory, fallback: 'index.html' }, path, headers)
    t.equal(response.status, status)
    if (status === 200) t.equal(await response.text(), 'app')
    // A cache that keeps a 404 for a script must not hand it to a browser that goes to the page.
    t.equal(response.headers.get('vary'), 'accept, sec-fetch-mode')
  })
}

test('StaticFiles: with a fallback the page for what is missing varies as the fallback does, files do not', async (t) => {
  const directory = site(t, { 'index.html': 'app', '404.html': 'missing', 'a.js': 'a' })
  const options: StaticFilesOptions = { directory, html: true, fallback: 'index.html', precompressed: true }
  const notFound = await get(options, '/users/7', { accept: '*/*' })
  t.equal(notFound.status, 404)
  t.equal(notFound.headers.get('vary'), 'accept-encoding, accept, sec-fetch-mode')
  t.equal((await get(options, '/a.js', {})).headers.get('vary'), 'accept-encoding')
})

test('StaticFiles: the fallback is only for GET and HEAD, and may have gone', async (t) => {
  const directory = site(t, { 'index.html': 'app' })
  const app = new StaticFiles({ directory, fallback: 'index.html' })
  t.equal((await request(app, '/x', { method: 'HEAD', headers: { accept: browser } })).status, 200)
  t.equal((await request(app, '/x', { method: 'POST', headers: { accept: browser } })).status, 405)
  t.equal((await request(app, '/index.html')).headers.has('vary'), false)
  unlinkSync(join(directory, 'index.html'))
  t.equal((await request(app, '/x', { headers: { accept: browser } })).status, 404)
})

test('StaticFiles: cacheControl sees the path of the file that is sent', async (t) => {
  const directory = site(t, { ...pages, 'assets/app.js': '' })
  const seen: string[] = []
  const app = new StaticFiles({
    directory,
    html: true,
    fallback: 'index.html',
    cacheControl: (path) => {
      seen.push(path)
      return path.startsWith('assets/') ? 'max-age=31536000, immutable' : null
    },
  })
  t.equal((await request(app, '/assets/app.js')).headers.get('cache-control'), 'max-age=31536000, immutable')
  t.equal((await request(app, '/docs/')).headers.get('cache-control'), null)
  await request(app, '/x', { headers: { accept: browser } })
  await request(app, '/x')
  t.strictSame(seen, ['assets/app.js', 'docs/index.html', 'index.html', '404.html'])
})

test('StaticFiles: cacheControl by pattern is in a 304 too', async (t) => {
  const options: StaticFilesOptions = { directory: site(t, { 'a.css': '' }), cacheControl: [['*.css', 'no-cache']] }
  t.equal((await get(options, '/a.css', { 'if-none-match': '*' })).headers.get('cache-control'), 'no-cache')
})

test('StaticFiles: a cacheControl that fails or gives nonsense fails the request', async (t) => {
  const directory = site(t, { 'a.css': '' })
  const failing = (): never => {
    throw new Error('broken')
  }
  await t.rejects(get({ directory, cacheControl: failing }, '/a.css'), new Error('broken'))
  await t.rejects(get({ directory, cacheControl: () => 'a\nb' }, '/a.css'), { name: 'TypeError' })
})

const coded: Files = {
  'a.js': 'plain',
  'a.js.br': 'BR',
  'a.js.zst': 'ZSTD',
  'a.js.gz': 'GZIP',
  'b.js': 'plain',
  'b.js.gz': 'GZIP',
  'c.js': 'plain',
}

/** RFC 9110 §12.5.3: which of the files goes out. */
const negotiations: readonly (readonly [
  path: string,
  acceptEncoding: string | null,
  coding: string | null,
  body: string,
])[] = [
  ['/a.js', 'gzip, deflate, br, zstd', 'br', 'BR'],
  ['/a.js', 'gzip, zstd', 'zstd', 'ZSTD'],
  ['/a.js', 'gzip', 'gzip', 'GZIP'],
  ['/a.js', 'br;q=0.1, gzip', 'gzip', 'GZIP'],
  ['/a.js', 'identity, gzip;q=0.5', null, 'plain'],
  ['/a.js', 'br;q=0', null, 'plain'],
  ['/a.js', null, null, 'plain'],
  ['/a.js', '*;q=0', null, 'plain'],
  ['/b.js', 'gzip, br', 'gzip', 'GZIP'],
  ['/b.js', 'br', null, 'plain'],
  ['/c.js', 'gzip, br', null, 'plain'],
]

for (const [path, acceptEncoding, coding, body] of negotiations) {
  test(`StaticFiles: precompressed ${path} for ${JSON.stringify(acceptEncoding)}: ${coding}`, async (t) => {
    const options: StaticFilesOptions = { directory: site(t, coded), precompressed: true }
    const { headers, ...response } = await get(
      options,
      path,
      acceptEncoding === null ? {} : { 'accept-encoding': acceptEncoding },
    ).then(async (answer) => ({ headers: answer.headers, body: await answer.text() }))
    t.equal(response.body, body)
    t.equal(headers.get('content-encoding'), coding)
    t.equal(headers.get('content-type'), 'text/javascript; charset=utf-8')
    t.equal(headers.get('vary'), 'accept-encoding')
    t.equal(headers.get('content-length'), String(body.length))
  })
}

test('StaticFiles: each coding has an entity tag of its own', async (t) => {
  const directory = site(t, { 'a.js': 'same', 'a.js.br': 'same', 'a.js.gz': 'same' })
  for (const name of ['a.js', 'a.js.br', 'a.js.gz']) utimesSync(join(directory, name), 1, 1)
  const options: StaticFilesOptions = { directory, precompressed: true }
  const tags = new Map<string, string>()
  for (const coding of ['identity', 'br', 'gzip']) {
    tags.set(coding, (await get(options, '/a.js', { 'accept-encoding': coding })).headers.get('etag')!)
  }
  t.equal(new Set(tags.values()).size, 3)
  const again = { 'accept-encoding': 'br', 'if-none-match': tags.get('br')! }
  const unchanged = await get(options, '/a.js', again)
  t.equal(unchanged.status, 304)
  t.equal(unchanged.headers.get('vary'), 'accept-encoding')
  t.equal((await get(options, '/a.js', { ...again, 'accept-encoding': 'gzip' })).status, 200)
})

test('StaticFiles: a range of a coded file is a range of what is sent', async (t) => {
  const options: StaticFilesOptions = { directory: site(t, coded), precompressed: ['gzip'] }
  const response = await get(options, '/a.js', { 'accept-encoding': 'gzip, br', range: 'bytes=1-2' })
  t.equal(response.headers.get('content-range'), 'bytes 1-2/4')
  t.equal(await response.text(), 'ZI')
})

test('StaticFiles: a coded file without the file itself is not found, nor is one that leads out', async (t) => {
  const directory = site(t, { 'gone.js.br': 'BR', 'a.js': 'plain', 'dir.js.br/x': '', 'dir.js': 'plain' })
  symlinkSync('../secret.txt', join(directory, 'a.js.br'))
  const options: StaticFilesOptions = { directory, precompressed: true }
  t.equal((await get(options, '/gone.js', { 'accept-encoding': 'br' })).status, 404)
  t.equal(await (await get(options, '/a.js', { 'accept-encoding': 'br' })).text(), 'plain')
  t.equal(await (await get(options, '/dir.js', { 'accept-encoding': 'br' })).text(), 'plain')
})

test('StaticFiles: a page for what is missing may be coded, without an entity tag', async (t) => {
  const directory = site(t, { '404.html': 'nothing', '404.html.br': 'BR' })
  const response = await get({ directory, html: true, precompressed: true }, '/x', { 'accept-encoding': 'br' })
  t.equal(response.status, 404)
  t.equal(await response.text(), 'BR')
  t.equal(response.headers.get('content-encoding'), 'br')
  t.equal(response.headers.has('etag'), false)
})

test('StaticFiles: a coded file that cannot be read is left out', async (t) => {
  const directory = site(t, coded)
  chmodSync(join(directory, 'a.js.br'), 0)
  await unprivileged(async () => {
    t.equal(await (await get({ directory, precompressed: true }, '/a.js', { 'accept-encoding': 'br' })).text(), 'plain')
  })
})

test('StaticFiles: within an application its errors are up to the handlers', async (t) => {
  const app = new Application({
    routes: [new Mount('/static', new StaticFiles({ directory: site(t, { 'a.txt': 'hello' }) }))],
    exceptionHandlers: [
      exceptionHandler(
        HTTPException,
        (_, error) => new PlainTextResponse(`own ${error.status}`, { status: error.status }),
      ),
    ],
  })
  await using client = await TestClient.open(app)
  t.equal(await (await client.get('/static/a.txt')).text(), 'hello')
  const absent = await client.get('/static/missing')
  t.equal(absent.status, 404)
  t.equal(await absent.text(), 'own 404')
  t.equal(await (await client.post('/static/a.txt')).text(), 'own 405')
})

test('StaticFiles: a mount does not lead into a neighbour (CVE-2026-33490)', async (t) => {
  const app = new Application({
    routes: [new Mount('/static', new StaticFiles({ directory: site(t, { 'a.txt': 'hello' }) }))],
  })
  await using client = await TestClient.open(app)
  for (const path of [
    '/static_secret/key.txt',
    '/static/../static_secret/key.txt',
    '/static/%2e%2e/static_secret/key.txt',
    '/staticsecret',
  ]) {
    t.equal((await client.get(path)).status, 404, path)
  }
})

test('StaticFiles: refuses WebSockets, and does not know other scopes', async (t) => {
  const app = new StaticFiles({ directory: site(t, {}) })
  const { send, sent } = recorder()
  await app.asgi(websocketScope({ path: '/a.txt' }), receiveNothing, send)
  t.strictSame(sent, [{ type: 'websocket.close' }])
  t.throws(() => app.asgi({ type: 'lifespan' } as never, receiveNothing, send), {
    name: 'TypeError',
    message: 'Cannot run StaticFiles on a scope of type "lifespan": expected "http"',
  })
})

test('StaticFiles: an error that nobody expects comes out', async (t) => {
  const app = new StaticFiles({ directory: site(t, {}) })
  await t.rejects(async () => app.asgi(httpScope({ path: 7 as never }), receiveNothing, recorder().send), {
    name: 'TypeError',
  })
})
