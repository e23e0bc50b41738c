import { test } from 'tap'
import { exceptionHandler } from '../../lib/endpoint/exception-handlers.ts'
import { HTTPException } from '../../lib/exceptions/http-exception.ts'
import { JSONResponse } from '../../lib/response/json-response.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import { AppDriver } from '../../lib/testing/app-driver.ts'
import { httpScope } from '../../lib/testing/scopes.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { Application } from '../../routing/application.ts'
import { Host } from '../../routing/host.ts'
import { Mount } from '../../routing/mount.ts'
import { Route } from '../../routing/route.ts'
import { Router } from '../../routing/router.ts'
import { WebSocketRoute } from '../../routing/websocket-route.ts'
import { outcomeOf } from '../support/outcome-of.ts'
import { tagging } from '../support/tagging.ts'

const says = (text: string) => () => new PlainTextResponse(text)
const params = [new Route('/', (request) => new JSONResponse(request.pathParams))]

const year = { regex: /[0-9]{4}/, characters: /[0-9]/, convert: Number, format: String }

/** A pattern, what the client names as the host, and the parameters; `null` when it does not match. */
const matches: readonly (readonly [pattern: string, field: string, params: object | null])[] = [
  ['api.example.org', 'api.example.org', {}],
  ['api.example.org', 'API.Example.ORG', {}],
  ['API.example.org', 'api.example.org', {}],
  ['api.example.org', 'api.example.org:8080', {}],
  ['api.example.org:3600', 'api.example.org', {}],
  ['api.example.org:3600', 'api.example.org:80', {}],
  ['api.example.org', 'www.example.org', null],
  ['api.example.org', 'apiXexample.org', null],
  ['api.example.org', 'api.example.org.evil', null],
  ['api.example.org', 'evil@api.example.org', null],
  ['api.example.org', 'api.example.org/x', null],
  ['api.example.org', '', null],
  ['{tenant}.example.org', 'acme.example.org', { tenant: 'acme' }],
  ['{tenant}.example.org:3600', 'acme.example.org', { tenant: 'acme' }],
  ['{tenant}.example.org', 'a.b.example.org', { tenant: 'a.b' }],
  ['{tenant}.example.org', '.example.org', null],
  ['{a}.{b}.example.org', 'x.y.example.org', { a: 'x', b: 'y' }],
  ['shard{n:int}.example.org', 'shard7.example.org', { n: 7 }],
  ['shard{n:int}.example.org', 'sharda.example.org', null],
  ['{y:year}.example.org', '2024.example.org', { y: 2024 }],
  ['[::1]', '[::1]:8000', {}],
]

for (const [pattern, field, expected] of matches) {
  test(`Host: ${pattern} ${expected === null ? 'does not match' : 'matches'} ${JSON.stringify(field)}`, async (t) => {
    const host = new Host(pattern, params, { converters: { year } })
    const { status, text } = await outcomeOf(host, httpScope({ headers: [['host', field]] }))
    t.equal(status, expected === null ? 404 : 200)
    if (expected !== null) t.strictSame(JSON.parse(text), expected)
  })
}

test('Host: matches no request without a host or with several', async (t) => {
  const host = new Host('{any}', params)
  t.equal((await outcomeOf(host, httpScope({ headers: [] }))).status, 404)
  const two = [
    ['host', 'a'],
    ['host', 'b'],
  ] as const
  t.equal((await outcomeOf(host, httpScope({ headers: two }))).status, 404)
})

test('Host: in a table the first host that matches wins, and paths go on behind', async (t) => {
  const router = new Router({
    routes: [
      new Host('api.example.org', [new Route('/', says('api'))]),
      new Host('{tenant}.example.org', [new Route('/', (request) => new JSONResponse(request.pathParams))]),
      new Route('/', says('elsewhere')),
    ],
  })
  const answers = { 'api.example.org': 'api', 'acme.example.org': '{"tenant":"acme"}', localhost: 'elsewhere' }
  for (const [host, text] of Object.entries(answers)) {
    t.equal((await outcomeOf(router, httpScope({ headers: [['host', host]] }))).text, text)
  }
})

test('Host: what its app does not have is not looked for behind it', async (t) => {
  const router = new Router({ routes: [new Host('a', [new Route('/x', says('x'))]), new Route('/y', says('y'))] })
  t.equal((await outcomeOf(router, httpScope({ path: '/y', headers: [['host', 'a']] }))).status, 404)
  t.equal((await outcomeOf(router, httpScope({ path: '/y', headers: [['host', 'b']] }))).status, 200)
})

test('Host: keeps the root path, and joins its parameters with those of the route', async (t) => {
  const seen = [
    new Route('/{id:int}', (request) => new JSONResponse([request.scope.root_path, { ...request.pathParams }])),
  ]
  const router = new Router({ routes: [new Mount('/m', [new Host('{tenant}', seen)])] })
  const { text } = await outcomeOf(router, httpScope({ path: '/m/7', headers: [['host', 'acme']] }))
  t.equal(text, '["/m",{"tenant":"acme","id":7}]')
})

test('Host: takes WebSockets', async (t) => {
  const chat = new WebSocketRoute('/', async (websocket) => {
    await websocket.accept()
    await websocket.sendText(String((websocket.pathParams as Record<string, unknown>)['room']))
  })
  await using client = await TestClient.open(new Host('{room}.example.org', [chat]), {
    baseUrl: 'http://tea.example.org',
  })
  await using websocket = await client.websocket('/')
  t.equal(await websocket.receiveText(), 'tea')
})

test('Host: has middleware and exception handlers of its own', async (t) => {
  const refuse = new Route('/', () => {
    throw new HTTPException(403)
  })
  const host = new Host('a', [refuse], {
    middleware: [tagging('host')],
    exceptionHandlers: [exceptionHandler(403, says('not in this house'))],
  })
  const { text, headers } = await outcomeOf(
    new Application({ routes: [host] }),
    httpScope({ headers: [['host', 'a']] }),
  )
  t.equal(text, 'not in this house')
  t.equal(headers.get('x-tag'), 'host')
})

test('Host: the lifespan of its app runs within that of the application', async (t) => {
  const inner = new Application({ lifespan: async () => ({ inner: 1 }) }).get(
    '/',
    (request) => new JSONResponse({ ...request.state }),
  )
  const app = new Application({ routes: [new Host('testserver', inner)], lifespan: async () => ({ outer: 2 }) })
  await using client = await TestClient.open(app)
  t.strictSame(await (await client.get('/')).json(), { outer: 2, inner: 1 })
})

const children = [
  new Route('/', says('home'), { name: 'home' }),
  new WebSocketRoute('/chat', () => {}, { name: 'chat' }),
  new Route('/users/{id:int}', says('user'), { name: 'user' }),
]
const tenants = new Host('{tenant}.example.org:3600', children, { name: 'tenant' })

/** Hosts, what is asked for, and the URL that a request to https://site.example/root/x builds. */
const urls: readonly (readonly [
  host: Host<string, never, string | null>,
  name: string,
  params: object,
  url: string | null,
])[] = [
  [tenants as never, 'tenant:home', { tenant: 'acme' }, 'https://acme.example.org:3600/root/'],
  [tenants as never, 'tenant:user', { tenant: 'acme', id: 1 }, 'https://acme.example.org:3600/root/users/1'],
  [tenants as never, 'tenant:chat', { tenant: 'acme' }, 'wss://acme.example.org:3600/root/chat'],
  [tenants as never, 'tenant', { tenant: 'acme', path: '/a b' }, 'https://acme.example.org:3600/root/a%20b'],
  [tenants as never, 'tenant', { tenant: 'acme' }, null],
  [tenants as never, 'tenant:home', {}, null],
  [tenants as never, 'home', { tenant: 'acme' }, null],
  [new Host('api.example.org', children) as never, 'home', {}, 'https://api.example.org/root/'],
  [new Host('api.example.org', async () => {}, { name: 'api' }) as never, 'api:home', {}, null],
]

for (const [host, name, wanted, url] of urls) {
  test(`Host: at ${host.host} the URL of ${name} ${JSON.stringify(wanted)} is ${url}`, async (t) => {
    const app = new Application({ routes: [host] }).get('/x', (request) => {
      return new PlainTextResponse(request.urlFor(name, wanted as never).href)
    })
    const { text, error } = await outcomeOf(
      app,
      httpScope({ path: '/root/x', root_path: '/root', scheme: 'https', headers: [['host', 'site.example']] }),
    )
    if (url === null) t.match(error, { code: 'STELLINE_NO_MATCH_FOUND' })
    else t.equal(text, url)
  })
}

test('Host: makes no URL of parameters that make no host', async (t) => {
  for (const tenant of ['evil.org/', 'a@b', 'a:1', 'a b', 'ä']) {
    t.throws(() => tenants.urlPath('tenant:home', { tenant }), { name: 'TypeError' }, tenant)
  }
})

test('Host: the path of a URL is that of its route', async (t) => {
  t.equal(new Application({ routes: [tenants] }).urlPathFor('tenant:user', { tenant: 'acme', id: 1 }), '/users/1')
})

for (const host of ['', 'http://a', 'a/b', 'a b', 'user@a', 7 as never]) {
  test(`Host: refuses ${JSON.stringify(host)}`, async (t) => {
    t.throws(() => new Host(host, []), { name: 'TypeError', message: /^Cannot use .* as a host: expected/ })
  })
}

test('Host: refuses parameters as a path does', async (t) => {
  t.throws(() => new Host('{a}.{a}', []), /the name "a" occurs more than once/)
  t.throws(() => new Host('{a:year}', []), /unknown converter "year"/)
})

test('Host: alone refuses what it does not know', async (t) => {
  const driver = new AppDriver(new Host('a', []), { ...httpScope(), type: 'webtransport' } as never)
  await t.rejects(driver.finished, /Cannot run a route on a scope of type "webtransport"/)
})
