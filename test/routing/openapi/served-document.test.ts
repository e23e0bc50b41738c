import { test } from 'tap'
import { httpScope } from '../../../lib/testing/scopes.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import { Application } from '../../../routing/application.ts'
import type { OpenAPIDocument } from '../../../routing/openapi/openapi-document.ts'
import type { OpenAPIOptions } from '../../../routing/openapi/openapi-options.ts'
import { openAPIRoutes } from '../../../routing/openapi/openapi-routes.ts'
import { Router } from '../../../routing/router.ts'
import { outcomeOf } from '../../support/outcome-of.ts'

function routerAt(path: string): Router {
  return new Router().get(path, {}, () => ({}))
}

function hosted(options: OpenAPIOptions = {}): Application {
  const app = new Application({ openapi: { docs: null, ...options } })
  app.host('api.example.org', routerAt('/x'))
  app.host('{tenant}.example.org:9000', routerAt('/y'))
  app.get('/own', { servers: [{ url: 'https://own.example.org' }] }, () => ({}))
  app.get('/plain', {}, () => ({}))
  return app
}

async function documentAt(client: TestClient, path: string, host = 'testserver'): Promise<OpenAPIDocument> {
  return (await client.get(path, { headers: { host } })).json()
}

function serversOf({ paths }: OpenAPIDocument): readonly unknown[] {
  return Object.values(paths).map((item) => item['get']!.servers?.map(({ url }) => url))
}

test('openAPIRoutes: a host below a mount is reached below its path, at the port of the request', async (t) => {
  const outer = new Application()
  outer.mount('/v 1', hosted())
  await using client = await TestClient.open(outer)
  t.strictSame(serversOf(await documentAt(client, '/v%201/openapi.json', 'localhost:8080')), [
    ['//api.example.org:8080/v%201'],
    ['//{tenant}.example.org:9000/v%201'],
    ['https://own.example.org'],
    undefined,
  ])
})

test('openAPIRoutes: a host is reached at the port that each request names, or at none', async (t) => {
  await using client = await TestClient.open(hosted())
  const hosts = ['localhost:8080', 'localhost', '[::1]:81', '[::1]', 'odd:port', 'localhost']
  const found: unknown[] = []
  for (const host of hosts) found.push(serversOf(await documentAt(client, '/openapi.json', host))[0])
  t.strictSame(
    found,
    [':8080', '', ':81', '', '', ''].map((port) => [`//api.example.org${port}`]),
  )
})

test('openAPIRoutes: a request without a host says nothing of the port', async (t) => {
  const { text } = await outcomeOf(hosted(), httpScope({ path: '/openapi.json', headers: [] }))
  t.strictSame(serversOf(JSON.parse(text) as OpenAPIDocument)[0], ['//api.example.org'])
})

test('openAPIRoutes: rootPathInServers false leaves hosts alone', async (t) => {
  const outer = new Application()
  outer.mount('/v1', hosted({ rootPathInServers: false }))
  await using client = await TestClient.open(outer)
  t.strictSame(serversOf(await documentAt(client, '/v1/openapi.json'))[0], ['//api.example.org'])
})

test('Application: the document itself has hosts as they were written', async (t) => {
  t.strictSame(serversOf(hosted().openapi()).slice(0, 2), [['//api.example.org'], ['//{tenant}.example.org:9000']])
})

test('openAPIRoutes: a router that is included says its prefix in the servers', async (t) => {
  const router = routerAt('/y')
  for (const route of openAPIRoutes(router, { docs: null })) router.add(route)
  const app = new Application()
  app.include(router, { prefix: '/a b' })
  app.include(router, { prefix: '/{tenant}/c' })
  const outer = new Application()
  outer.mount('/outer', app)
  await using client = await TestClient.open(outer)
  for (const prefix of ['/outer/a%20b', '/outer/acme/c']) {
    const { servers, paths } = await documentAt(client, `${prefix}/openapi.json`)
    t.strictSame([servers, Object.keys(paths)], [[{ url: prefix }], ['/y']])
    t.equal((await client.get(`${servers![0]!.url}/y`)).status, 200)
  }
})

test('openAPIRoutes: a path with parameters says nothing of what stands before it', async (t) => {
  const router = routerAt('/y')
  for (const route of openAPIRoutes(router, { url: '/{version}/api.json', docs: null })) router.add(route)
  await using client = await TestClient.open(router)
  t.equal((await documentAt(client, '/v1/api.json')).servers, undefined)
})

test('Application: nobody can change the document that is served', async (t) => {
  const logo = { url: '/logo.svg' }
  const app = new Application({ openapi: { transform: (document) => ({ ...document, 'x-logo': logo }) } })
  const document = app.openapi() as { info: { title: string }; paths: Record<string, unknown> }
  t.throws(() => (document.info.title = 'Other'), TypeError)
  t.throws(() => (document.paths['/x'] = {}), TypeError)
  t.notOk(Object.isFrozen(logo), 'what the options name is not touched')
})

test('openapi: the transform may change the document', async (t) => {
  const app = new Application({
    openapi: {
      transform: (document) => {
        ;(document.info as { title: string }).title = 'Changed'
        return document
      },
    },
  })
  t.equal(app.openapi().info.title, 'Changed')
})

test('openapi: a transform that returns no document is refused', async (t) => {
  const app = new Application({ openapi: { transform: () => undefined as never } })
  t.throws(() => app.openapi(), {
    name: 'TypeError',
    message: 'Cannot document the API: "transform" returned undefined, expected the document',
  })
})

test('openapi: instances of classes in the document are left as they are', async (t) => {
  const at = new Date(0)
  const app = new Application({ openapi: { securitySchemes: { one: { at } } } })
  t.equal((app.openapi().components!.securitySchemes!['one'] as { at: Date }).at, at)
})
