import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'tap'
import type { Test } from 'tap'
import { fromNode } from '../../../../lib/content/foreign/from-node.ts'
import type { NodeApp } from '../../../../lib/content/foreign/node-target.ts'
import { serve } from '../../../../lib/servers/node/serve.ts'
import { lint } from '../../../../lib/testing/conformance/lint.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'
import { Mount } from '../../../../routing/mount.ts'
import { connectApp, expressApp, fastifyApp } from './foreign-apps.ts'

/** One request to a Node app. */
interface Case {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const json = { 'content-type': 'application/json' }

/** What each kind of app is asked; its answer is to be the same mounted and on its own. */
const cases: Readonly<Record<'express' | 'connect' | 'fastify', readonly Case[]>> = {
  express: [
    { path: '/' },
    { method: 'HEAD', path: '/' },
    { method: 'OPTIONS', path: '/json' },
    { path: '/seen?a=1&b=%2F' },
    { method: 'POST', path: '/json', headers: json, body: '{"a":[1,2]}' },
    { method: 'POST', path: '/json', headers: json, body: '{' },
    {
      method: 'POST',
      path: '/form',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'a=1&b=2',
    },
    { method: 'POST', path: '/raw', body: 'x'.repeat(200_000) },
    { method: 'POST', path: '/echo', body: 'y'.repeat(300_000) },
    { method: 'POST', path: '/echo' },
    { path: '/cookies' },
    { path: '/redirect' },
    { path: '/empty' },
    { path: '/late' },
    { path: '/pipeline' },
    { path: '/file' },
    { path: '/file', headers: { range: 'bytes=0-9' } },
    { path: '/throws' },
    { path: '/rejects' },
    { path: '/static/index.html' },
    { path: '/static/none.html' },
    { path: '/static/..%2Fsecret' },
    { path: '/nowhere' },
  ],
  connect: [{ path: '/hello' }, { path: '/hello/world?x' }, { path: '/nowhere' }],
  fastify: [
    { path: '/' },
    { method: 'HEAD', path: '/' },
    { path: '/users/7?a=b' },
    { method: 'POST', path: '/json', headers: json, body: '{"a":1}' },
    { method: 'POST', path: '/json', headers: json, body: '{' },
    { path: '/stream' },
    { path: '/throws' },
    { path: '/nowhere' },
  ],
}

/** What an answer comes to. */
interface Seen {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

type Ask = (asked: Case) => Promise<Seen>

/** Fields that servers add, or that tell when something was made. */
const ofServers = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length'])

function seen(status: number, headers: Iterable<readonly [string, string]>, body: string): Seen {
  const kept = [...headers].filter(([name]) => !ofServers.has(name))
  // Error pages and absolute URLs name the path, of which the mount is no difference, and Node's own frames.
  const text = body.replaceAll('/legacy', '').replaceAll(/<br>.*/g, '')
  return { status, headers: kept.map(([name, value]) => [name, value.replace('/legacy', '')]), body: text }
}

function over(base: string): Ask {
  return async ({ path, headers = {}, ...rest }) => {
    const response = await fetch(base + path, { ...rest, headers: { ...headers, host: 'x' }, redirect: 'manual' })
    return seen(response.status, sorted(response.headers), await response.text())
  }
}

function sorted(headers: Iterable<readonly [string, string]>): [string, string][] {
  const joined = new Headers()
  for (const [name, value] of headers) joined.append(name, value)
  return [...joined]
}

/** Runs the app on its own, on a server of node:http. */
async function alone(t: Test, listener: RequestListener): Promise<Ask> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return over(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

function mounted(app: NodeApp): Application {
  return new Application({ routes: [new Mount('/legacy', fromNode(app))] })
}

async function inMemory(t: Test, app: NodeApp): Promise<Ask> {
  const client = await TestClient.open(mounted(app), { client: ['127.0.0.1', 5000], baseUrl: 'http://127.0.0.1' })
  t.teardown(() => client.close())
  return async ({ method = 'GET', path, headers, body }) => {
    const response = await client.request(method, `/legacy${path}`, {
      followRedirects: false,
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body }),
    })
    return seen(response.status, sorted(response.headers), await response.text())
  }
}

async function onSockets(t: Test, app: NodeApp): Promise<Ask> {
  const server = await serve(lint(mounted(app)), { port: 0 })
  t.teardown(() => server.close({ force: true }))
  return over(`${server.url}/legacy`)
}

const apps = {
  express: () => ({ app: expressApp() as unknown as NodeApp, listener: expressApp() as RequestListener }),
  connect: () => ({ app: connectApp() as unknown as NodeApp, listener: connectApp() as RequestListener }),
  fastify: () => {
    const own = fastifyApp()
    const listener: RequestListener = (request, response) => void own.ready().then(() => own.routing(request, response))
    return { app: fastifyApp() as NodeApp, listener }
  },
}

for (const kind of ['express', 'connect', 'fastify'] as const) {
  for (const [where, stage] of [
    ['without sockets', inMemory],
    ['on sockets', onSockets],
  ] as const) {
    test(`fromNode: a mounted ${kind} app answers as on its own, ${where}`, async (t) => {
      const { app, listener } = apps[kind]()
      const expected = await alone(t, listener)
      const ask = await stage(t, app)
      for (const asked of cases[kind]) {
        t.strictSame(await ask(asked), await expected(asked), `${asked.method ?? 'GET'} ${asked.path}`)
      }
    })
  }
}
