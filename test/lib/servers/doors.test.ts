import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { test } from 'tap'
import type { Test } from 'tap'
import { toFetchHandler } from '../../../lib/servers/fetch/fetch-handler.ts'
import { serve } from '../../../lib/servers/node/serve.ts'
import { toNodeListener } from '../../../lib/servers/node/node-listener.ts'
import { settled } from '../../../lib/spec/app.ts'
import { lint } from '../../../lib/testing/conformance/lint.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import { bodyOf, http, reply } from './serving.ts'

/** One app for all doors: what it does is in the path. */
const app = lint(
  http(async (scope, receive, send) => {
    switch (scope.path) {
      case '/echo':
        return reply(send, (await bodyOf(receive)).text, [['content-type', 'text/plain']])
      case '/stream':
        await send({ type: 'http.response.start', status: 206, headers: [['x-kind', 'stream']] })
        for (const body of ['a', 'é', new Uint8Array([0xff])]) {
          await send({ type: 'http.response.body', body, more_body: true })
        }
        return send({ type: 'http.response.body' })
      case '/cookies':
        return reply(send, '', [
          ['set-cookie', 'a=1; Path=/'],
          ['set-cookie', 'b=2; Path=/'],
        ])
      case '/none':
        await send({ type: 'http.response.start', status: 204 })
        return send({ type: 'http.response.body' })
      case '/error':
        throw new Error('mine')
      case '/nothing':
        return settled
      default:
        return reply(send, JSON.stringify([scope.method, scope.path, scope.query_string, scope.raw_path]))
    }
  }),
)

type Ask = (method: string, path: string, body?: string) => Promise<Response>

const log = { info() {}, warn() {}, error() {} }

function initOf(method: string, body: string | undefined): RequestInit {
  return body === undefined ? { method } : { method, body }
}

function over(url: string): Ask {
  return (method, path, body) => fetch(url + path, initOf(method, body))
}

async function listening(t: Test, server: ReturnType<typeof createServer>): Promise<Ask> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return over(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

/** The doors through which an app is reached. */
const doors: Readonly<Record<string, (t: Test) => Promise<Ask>>> = {
  'its own server': async (t) => {
    const server = await serve(app, { port: 0, log, lifespan: 'off' })
    t.teardown(() => server.close({ force: true }))
    return over(server.url)
  },
  'a Fetch handler': async () => {
    const handler = toFetchHandler(app, { log, lifespan: 'off' })
    return (method, path, body) => handler(new Request(`http://127.0.0.1${path}`, initOf(method, body)))
  },
  'a Fetch handler on a server': (t) => {
    const handler = toFetchHandler(app, { log, lifespan: 'off' })
    return listening(t, createAdaptorServer({ fetch: handler }) as ReturnType<typeof createServer>)
  },
  'a listener of node:http': (t) =>
    listening(t, createServer(toNodeListener(app, { log, lifespan: 'off' }) as RequestListener)),
  'the test client': async (t) => {
    const client = await TestClient.open(app, { raiseServerErrors: false, lifespan: 'off', lint: false })
    t.teardown(() => client.close().catch(() => {}))
    return async (method, path, body) => {
      const response = await client.request(method, path, body === undefined ? {} : { body })
      const bytes = await response.bytes()
      const hasBody = response.status !== 204
      return new Response(hasBody ? Buffer.from(bytes) : null, {
        status: response.status,
        headers: [...response.headers] as [string, string][],
      })
    }
  },
}

/** Requests, and what every door answers. */
const cases: readonly (readonly [
  method: string,
  path: string,
  body: string | undefined,
  status: number,
  text: string,
])[] = [
  ['GET', '/', undefined, 200, '["GET","/","","/"]'],
  ['GET', '/a%20b/%2F?c=%20d&e', undefined, 200, '["GET","/a b//","c=%20d&e","/a%20b/%2F"]'],
  ['DELETE', '/x', undefined, 200, '["DELETE","/x","","/x"]'],
  ['HEAD', '/x', undefined, 200, ''],
  ['POST', '/echo', 'grüße', 200, 'grüße'],
  ['POST', '/echo', '', 200, ''],
  ['PUT', '/echo', 'z'.repeat(300_000), 200, 'z'.repeat(300_000)],
  ['GET', '/stream', undefined, 206, 'aé\ufffd'],
  ['HEAD', '/stream', undefined, 206, ''],
  ['GET', '/none', undefined, 204, ''],
  ['GET', '/cookies', undefined, 200, ''],
  ['GET', '/error', undefined, 500, 'Internal Server Error'],
  ['GET', '/nothing', undefined, 500, 'Internal Server Error'],
]

for (const [door, open] of Object.entries(doors)) {
  test(`an app answers alike through ${door}`, async (t) => {
    const ask = await open(t)
    for (const [method, path, body, status, text] of cases) {
      const response = await ask(method, path, body)
      const what = `${method} ${path}`
      t.equal(response.status, status, what)
      t.equal(await response.text(), text, what)
      if (path === '/cookies') t.strictSame(response.headers.getSetCookie(), ['a=1; Path=/', 'b=2; Path=/'], what)
      if (path === '/stream') t.equal(response.headers.get('x-kind'), 'stream', what)
    }
  })
}
