import { test } from 'tap'
import { z } from 'zod'
import { createClient } from '../../../lib/client/create-client.ts'
import type { ClientOptions } from '../../../lib/client/create-client.ts'
import { contract } from '../../../lib/endpoint/contract/contract.ts'
import { RedirectResponse } from '../../../lib/response/redirect-response.ts'
import { serve } from '../../../lib/servers/node/serve.ts'
import { lint } from '../../../lib/testing/conformance/lint.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import { Application } from '../../../routing/application.ts'

const quiet = { info() {}, warn() {}, error() {} }
const names = ['authorization', 'cookie', 'proxy-authorization', 'x-kept']
const fields = { authorization: 'Bearer x', cookie: 'a=1', 'proxy-authorization': 'Basic x', 'x-kept': 'yes' }

const contracts = {
  here: contract('GET', '/here', {}),
  there: contract('GET', '/there', {}),
  moved: contract('GET', '/moved', { responses: { 307: null } }),
}

/** Redirects to itself and elsewhere, and tells which fields have arrived. */
function redirecting(elsewhere: () => string): Application {
  const app = new Application()
  app.get('/here', () => new RedirectResponse('/seen'))
  app.get('/there', () => new RedirectResponse(`${elsewhere()}/seen`))
  app.get('/moved', () => new RedirectResponse(`${elsewhere()}/seen`))
  app.get('/seen', {}, ({ request }) => names.map((name) => request.headers.get(name)))
  return app
}

/** What a client is made with so that its fields belong to all of its calls, or to one of them. */
const givers: readonly (readonly [
  who: string,
  ofClient: Partial<ClientOptions>,
  ofCall: { headers?: Readonly<Record<string, string>> },
])[] = [
  ['a client', { headers: fields }, {}],
  ['a call', {}, { headers: fields }],
]

for (const [who, ofClient, ofCall] of givers) {
  test(`client: credentials of ${who} do not follow a redirect to another origin, in tests`, async (t) => {
    await using tests = await TestClient.open(redirecting(() => 'http://other'))
    const client = createClient(contracts, { app: tests, ...ofClient })
    t.strictSame((await client.here(ofCall)).data, Object.values(fields))
    t.strictSame((await client.there(ofCall)).data, [null, null, null, 'yes'])
    t.equal((await client.moved(ofCall)).headers.get('location'), 'http://other/seen')
  })

  test(`client: credentials of ${who} do not follow a redirect to another origin, over sockets`, async (t) => {
    await using other = await serve(lint(redirecting(() => '')), { port: 0, log: quiet })
    await using server = await serve(lint(redirecting(() => other.url)), { port: 0, log: quiet })
    const client = createClient(contracts, { baseUrl: server.url, ...ofClient })
    t.strictSame((await client.here(ofCall)).data, Object.values(fields))
    t.strictSame((await client.there(ofCall)).data, [null, null, null, 'yes'])
    t.equal((await client.moved(ofCall)).headers.get('location'), `${other.url}/seen`)
  })
}

test('createClient: says where a browser hides a redirect that is declared', async (t) => {
  const opaque = Object.defineProperty(new Response(), 'type', { value: 'opaqueredirect' })
  const moved = contract('GET', '/moved', { query: z.object({ token: z.string() }), responses: { 302: null } })
  const client = createClient({ moved }, { baseUrl: '', fetch: () => Promise.resolve(opaque) })

  await t.rejects(client.moved({ query: { token: 'secret' } }), {
    name: 'TypeError',
    message: /^Cannot read the redirect that GET \/moved is answered with: browsers hide .* declares none/,
  })
})

/** Declared answers, and what becomes of redirects then. */
const redirections: readonly (readonly [status: string, redirect: string])[] = [
  ['200', 'follow'],
  ['300', 'follow'],
  ['301', 'manual'],
  ['302', 'manual'],
  ['303', 'manual'],
  ['304', 'follow'],
  ['307', 'manual'],
  ['308', 'manual'],
  ['3XX', 'manual'],
  ['default', 'follow'],
]

for (const [status, redirect] of redirections) {
  test(`createClient: redirects are "${redirect}" where a contract declares ${status}`, async (t) => {
    const seen: unknown[] = []
    const fetch = async (_: string, init: RequestInit): Promise<Response> => {
      seen.push(init.redirect)
      return Response.json({})
    }
    const get = contract('GET', '/', { responses: { 200: {}, [status]: status === '304' ? null : {} } })

    await createClient({ get }, { baseUrl: '', fetch }).get()

    t.strictSame(seen, [redirect])
  })
}
