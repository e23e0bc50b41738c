import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { StaticFiles } from '../../../lib/content/static-files.ts'
import { serve } from '../../../lib/servers/node/serve.ts'
import type { ServerLog } from '../../../lib/servers/server-log.ts'
import { Application } from '../../../routing/application.ts'
import { Mount } from '../../../routing/mount.ts'

const root = mkdtempSync(join(tmpdir(), 'stelline-static-wire-'))
process.on('exit', () => rmSync(root, { recursive: true }))
for (const path of ['static/sub', 'static_secret', 'admin']) mkdirSync(join(root, path), { recursive: true })
writeFileSync(join(root, 'static/a.txt'), 'hello')
writeFileSync(join(root, 'static/sub/index.html'), 'index')
writeFileSync(join(root, 'static/.env'), 'SECRET')
writeFileSync(join(root, 'static_secret/key.txt'), 'SECRET')
writeFileSync(join(root, 'secret.txt'), 'SECRET')
const large = Buffer.alloc(300_000, 'x')
writeFileSync(join(root, 'static/large.bin'), large)

const log: ServerLog = { info() {}, warn() {}, error() {} }
const files = new StaticFiles({ directory: join(root, 'static'), html: true })
const app = new Application({ routes: [new Mount('/static', files)] })

/** Sends a request as it is written, on a connection of its own, and returns the answer as it comes. */
function raw(port: number, target: string, fields = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('data', (text) => (answer += String(text)))
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
    socket.write(`GET ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${fields}\r\n`, 'latin1')
  })
}

const statusOf = (answer: string): number => Number(answer.split(' ', 2)[1])
const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4)

/** Targets as they are on the wire; each is row of a list of advisories. None may show the secret. */
const attacks: readonly (readonly [target: string, statuses: readonly number[], advisory: string])[] = [
  ['/static/../secret.txt', [404], 'CVE-2023-29159'],
  ['/static/../static_secret/key.txt', [404], 'CVE-2023-29159'],
  ['/static/..%2fstatic_secret/key.txt', [404], 'CVE-2023-29159'],
  ['/static/%2e%2e/static_secret/key.txt', [404], 'CVE-2023-29159'],
  ['/static/%2E%2E/secret.txt', [404], 'CVE-2026-15074'],
  ['/static/sub/../../secret.txt', [404], 'CVE-2026-15074'],
  ['/static/sub/%2e%2e/%2e%2e/secret.txt', [404], 'CVE-2026-15074'],
  ['/static/.%2e/secret.txt', [404], 'CVE-2026-15074'],
  ['/static/%252e%252e/secret.txt', [404], 'h3 GHSA-72gr-qfp7-vwhw'],
  ['/static/%25%32%65%25%32%65/secret.txt', [404], 'h3 GHSA-72gr-qfp7-vwhw'],
  ['/static%2fa.txt', [404], 'CVE-2026-29045'],
  ['/static/sub%2findex.html', [404], 'CVE-2026-29045'],
  ['/static/sub%2Findex.html', [404], 'CVE-2026-29045'],
  ['/static//a.txt', [404], 'CVE-2026-39407'],
  ['//static/a.txt', [404], 'CVE-2026-39407'],
  ['/static/./a.txt', [404], 'CVE-2026-39407'],
  ['/static/sub/%2e/index.html', [404], 'CVE-2026-39407'],
  ['/static/%5c..%5csecret.txt', [400, 404], 'CVE-2026-54286'],
  ['/static/..%5Csecret.txt', [400, 404], 'CVE-2026-54286'],
  ['/static/sub%5cindex.html', [404], 'CVE-2026-54286'],
  ['/static/..\\secret.txt', [400, 404], 'CVE-2026-54286'],
  ['/static/%5C%5Chost%5Cshare', [404], 'CVE-2026-48818'],
  ['/static//host/share', [404], 'CVE-2026-48818'],
  ['/static/C:/Windows/win.ini', [404], 'CVE-2026-48818'],
  ['/static/C%3A%5CWindows%5Cwin.ini', [404], 'CVE-2026-48818'],
  ['/static/etc/passwd', [404], 'an absolute path'],
  ['/static//etc/passwd', [404], 'an absolute path'],
  ['/static/a.txt%00', [400, 404], 'a null byte'],
  ['/static/a.txt%00.html', [400, 404], 'a null byte'],
  ['/static/%c0%ae%c0%ae/secret.txt', [400, 404], 'overlong UTF-8'],
  ['/static/%ff', [400], 'invalid UTF-8'],
  ['/static/%ZZ', [400], 'broken percent-encoding'],
  ['/static/%', [400], 'broken percent-encoding'],
  ['/static/%u002e%u002e/secret.txt', [400], 'broken percent-encoding'],
  ['/static/.env', [404], 'a dotfile'],
  ['/static/%2eenv', [404], 'a dotfile'],
  ['/static_secret/key.txt', [404], 'CVE-2026-33490'],
  ['/staticx', [404], 'CVE-2026-33490'],
  ['http://evil.example/static/../secret.txt', [404], 'an absolute form'],
  ['/static/a.txt;/../secret.txt', [404], 'a path parameter'],
  ['/static/a.txt/', [404], 'a file as a directory'],
  ['/static/a.txt/..', [404], 'a file as a directory'],
]

for (const [target, statuses, advisory] of attacks) {
  test(`StaticFiles on the wire: ${target} (${advisory})`, async (t) => {
    await using server = await serve(app, { port: 0 })
    const answer = await raw(server.port!, target)
    t.ok(statuses.includes(statusOf(answer)), answer.slice(0, 60))
    t.notMatch(answer, /SECRET|hello|index$/)
  })
}

test('StaticFiles on the wire: a percent-encoded name is the name', async (t) => {
  await using server = await serve(app, { port: 0 })
  t.equal(bodyOf(await raw(server.port!, '/static/%61.txt')), 'hello')
  t.equal(bodyOf(await raw(server.port!, '/%73tatic/a.txt')), 'hello')
  t.equal(bodyOf(await raw(server.port!, '/static/sub/')), 'index')
})

test('StaticFiles on the wire: the slash redirect names no host', async (t) => {
  await using server = await serve(app, { port: 0 })
  t.match(
    await raw(server.port!, '/static/sub?x=1', 'x-forwarded-host: evil.example\r\n'),
    /\r\nlocation: \.\/sub\/\?x=1\r\n/,
  )
  t.equal(statusOf(await raw(server.port!, '//evil.example/static/sub')), 404)
})

test('StaticFiles on the wire: whole and in part, through the extensions of the server', async (t) => {
  await using server = await serve(app, { port: 0 })
  const whole = await raw(server.port!, '/static/large.bin')
  t.match(whole, /\r\ncontent-length: 300000\r\n/)
  t.equal(bodyOf(whole).length, 300_000)
  const part = await raw(server.port!, '/static/large.bin', 'range: bytes=100000-299998\r\n')
  t.equal(statusOf(part), 206)
  t.equal(bodyOf(part).length, 199_999)
  const parts = await raw(server.port!, '/static/large.bin', 'range: bytes=0-99999,200000-\r\n')
  t.equal(bodyOf(parts).length, Number(/content-length: (\d+)/.exec(parts)![1]))
})

test('StaticFiles on the wire: HEAD has the length and no body', async (t) => {
  await using server = await serve(app, { port: 0 })
  const response = await fetch(`${server.url}/static/large.bin`, { method: 'HEAD' })
  t.equal(response.headers.get('content-length'), '300000')
  t.equal((await response.arrayBuffer()).byteLength, 0)
})

test('StaticFiles on the wire: a file that becomes shorter is cut, never filled up, and reported', async (t) => {
  const path = join(root, 'static/shrinking.bin')
  writeFileSync(path, Buffer.alloc(30_000_000))
  const reported = new Promise<string>((report) => {
    log.error = report
  })
  await using server = await serve(app, { port: 0, log })
  const response = await fetch(`${server.url}/static/shrinking.bin`)
  truncateSync(path, 1000)
  await t.rejects(response.arrayBuffer())
  t.equal(await reported, 'The app failed: GET "/static/shrinking.bin"')
})

test('StaticFiles on the wire: a client that leaves is no error, and the server goes on', async (t) => {
  const path = join(root, 'static/leaving.bin')
  writeFileSync(path, Buffer.alloc(30_000_000))
  const errors: string[] = []
  log.error = (message) => void errors.push(message)
  await using server = await serve(app, { port: 0, log })
  const controller = new AbortController()
  const response = await fetch(`${server.url}/static/leaving.bin`, { signal: controller.signal })
  controller.abort()
  await t.rejects(response.arrayBuffer())
  t.equal(await (await fetch(`${server.url}/static/a.txt`)).text(), 'hello')
  t.strictSame(errors, [])
})
