import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { test } from 'tap'
import { z } from 'zod'
import { TestClient } from '../../../lib/testing/test-client.ts'
import { secureHeaders } from '../../../middleware/secure-headers/secure-headers.ts'
import { Application } from '../../../routing/application.ts'
import { docsPage, relativeReference, scriptLiteral } from '../../../routing/openapi/docs-page.ts'
import { networkURL, reDoc, scalar, swaggerRedirect, swaggerUI } from '../../../routing/openapi/docs-program.ts'
import { docsRoutes } from '../../../routing/openapi/docs-routes.ts'
import type { DocsOptions, OpenAPIOptions } from '../../../routing/openapi/openapi-options.ts'
import { openAPIRoutes } from '../../../routing/openapi/openapi-routes.ts'
import { Router } from '../../../routing/router.ts'

function api(openapi: OpenAPIOptions | null = {}): Application {
  const app = new Application({ openapi })
  app.get('/items/{id:int}', { responses: { 200: z.object({ id: z.int() }) } }, ({ params }) => ({ id: params.id }))
  return app
}

const everyPage: DocsOptions = { swagger: '/docs', redoc: '/redoc', scalar: '/scalar' }

/** The pages, of which no package is installed. */
async function notInstalled(docs: DocsOptions): Promise<TestClient> {
  const about = { title: 'API', url: '/openapi.json', places: ['/no/such/place/package.json'] }
  return TestClient.open(new Router({ routes: docsRoutes(docs, about) }))
}

const jsonAt = async (client: TestClient, path: string): Promise<unknown> => (await client.get(path)).json()
const textAt = async (client: TestClient, path: string): Promise<string> => (await client.get(path)).text()

/** What a page loads: `src` or `href`, with the integrity. */
function loadedBy(html: string): readonly (readonly [url: string, integrity: string | undefined])[] {
  return Array.from(
    html.matchAll(/(?:src|rel="stylesheet" href)="([^"]*)"(?: integrity="([^"]*)" crossorigin="anonymous")?/g),
    (match) => [match[1]!, match[2]],
  )
}

test('Application: the option openapi serves the document', async (t) => {
  await using client = await TestClient.open(api({ title: 'Items' }))
  const response = await client.get('/openapi.json')
  t.equal(response.status, 200)
  t.equal(response.headers.get('content-type'), 'application/json')
  t.match(await response.json(), { openapi: '3.1.1', info: { title: 'Items' }, paths: { '/items/{id}': {} } })
})

test('Application: without the option nothing is served, and the document is there nevertheless', async (t) => {
  const app = api(null)
  await using client = await TestClient.open(app)
  for (const path of ['/openapi.json', '/docs', '/redoc']) t.equal((await client.get(path)).status, 404)
  t.strictSame(Object.keys(app.openapi().paths), ['/items/{id}'])
})

test('Application: the document is made once, and anew after routes were added, however deep', async (t) => {
  const app = api()
  const inner = new Router()
  const deeper = new Router()
  inner.mount('/deeper', deeper)
  app.include(inner, { prefix: '/inner' })
  const first = app.openapi()
  t.equal(app.openapi(), first)

  deeper.get('/new', {}, () => ({}))

  t.strictSame(Object.keys(app.openapi().paths), ['/items/{id}', '/inner/deeper/new'])
  app.host('example.org', () => Promise.resolve())
  t.not(app.openapi(), first)
})

test('Application: the document is served before routes that would catch its path', async (t) => {
  const app = new Application({
    openapi: {},
    routes: new Router().get('/{path:path}', () => new Response('other')).routes,
  })
  await using client = await TestClient.open(app)
  t.match(await jsonAt(client, '/openapi.json'), { openapi: '3.1.1' })
  t.equal((await client.get('/docs')).status, 200)
  t.equal(await textAt(client, '/elsewhere'), 'other')
})

test('Application: a document that cannot be made says so to the developer', async (t) => {
  const app = api()
  app.get('/other', { operationId: 'other' }, () => ({}))
  app.get('/another', { operationId: 'other' }, () => ({}))
  t.throws(() => app.openapi(), /Cannot document GET \/another: the operationId "other" is that of GET \/other/)
})

test('openAPIRoutes: the root_path of a request stands before the servers', async (t) => {
  const servers = [{ url: 'https://example.org' }]
  const outer = new Application()
  outer.mount('/api v1', api({ servers }))
  await using client = await TestClient.open(outer)
  const { servers: found } = (await jsonAt(client, '/api%20v1/openapi.json')) as { servers: unknown }
  t.strictSame(found, [{ url: '/api%20v1' }, ...servers])
})

test('openAPIRoutes: each root_path gets its own servers, one that is there already is not added', async (t) => {
  const app = api({ servers: [{ url: '/b' }] })
  const outer = new Application()
  outer.mount('/a', app)
  outer.mount('/b', app)
  await using client = await TestClient.open(outer)
  const serversAt = async (path: string): Promise<unknown> =>
    ((await jsonAt(client, `${path}/openapi.json`)) as { servers: unknown }).servers
  t.strictSame(await serversAt('/a'), [{ url: '/a' }, { url: '/b' }])
  t.strictSame(await serversAt('/b'), [{ url: '/b' }])
  t.strictSame(await serversAt('/b'), [{ url: '/b' }])
})

test('openAPIRoutes: rootPathInServers false leaves the servers alone', async (t) => {
  const outer = new Application()
  outer.mount('/a', api({ rootPathInServers: false }))
  await using client = await TestClient.open(outer)
  t.notMatch(await jsonAt(client, '/a/openapi.json'), { servers: [] })
})

test('openAPIRoutes: serves the document of a router', async (t) => {
  const router = new Router()
  router.get('/items', {}, () => ({}))
  for (const route of openAPIRoutes(router, { title: 'Router', url: '/api.json', docs: null })) router.add(route)
  await using client = await TestClient.open(router)
  t.match(await jsonAt(client, '/api.json'), { info: { title: 'Router' }, paths: { '/items': {} } })
  t.equal((await client.get('/docs')).status, 404)
})

test('openAPIRoutes: without options there is a document and two pages', (t) => {
  t.strictSame(
    openAPIRoutes(new Router()).flatMap(({ literalPath }) => (/\.(js|css)/.test(literalPath!) ? [] : [literalPath])),
    ['/docs', '/docs/oauth2-redirect', '/redoc'],
  )
  t.end()
})

test('openAPIRoutes: a url of null serves nothing', (t) => {
  t.strictSame(openAPIRoutes(new Router(), { url: null }), [])
  t.end()
})

for (const page of ['/docs', '/redoc', '/scalar']) {
  test(`docs: ${page} is a page without scripts of its own, and has its title escaped`, async (t) => {
    await using client = await TestClient.open(api({ title: `</title><script>alert("1")</script>&'`, docs: everyPage }))
    const html = await textAt(client, page)
    t.match(html, '<title>&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;</title>')
    t.notMatch(html, /<script(?! src=)|<style| on\w+=/)
    const start = await client.get(`${page}/start.js`)
    t.match(start.headers.get('content-type'), 'text/javascript')
    t.match(await start.text(), '"url":"./openapi.json"')
  })
}

test('docs: Swagger UI is served from its package where that is installed', async (t) => {
  await using client = await TestClient.open(api())
  const loaded = loadedBy(await textAt(client, '/docs'))
  t.strictSame(loaded, [
    ['./docs/swagger-ui.css', undefined],
    ['./docs/swagger-ui-bundle.js', undefined],
    ['./docs/start.js', undefined],
  ])
  const css = await client.get('/docs/swagger-ui.css')
  t.match(css.headers.get('content-type'), 'text/css')
  t.equal(
    (await css.bytes()).length,
    readFileSync(createRequire(import.meta.url).resolve('swagger-ui-dist/swagger-ui.css')).length,
  )
})

test('docs: what is not installed is loaded in a pinned version, with its integrity', async (t) => {
  await using client = await notInstalled(everyPage)
  t.strictSame(loadedBy(await textAt(client, '/docs')), [
    [networkURL(swaggerUI, swaggerUI.style!), swaggerUI.style!.integrity],
    [networkURL(swaggerUI, swaggerUI.script), swaggerUI.script.integrity],
    ['./docs/start.js', undefined],
  ])
  t.strictSame(loadedBy(await textAt(client, '/docs/oauth2-redirect')), [
    [networkURL(swaggerRedirect, swaggerRedirect.script), swaggerRedirect.script.integrity],
  ])
  for (const [path, program] of [
    ['/redoc', reDoc],
    ['/scalar', scalar],
  ] as const) {
    t.strictSame(loadedBy(await textAt(client, path)), [
      [networkURL(program, program.script), program.script.integrity],
      [`.${path}/start.js`, undefined],
    ])
    t.match(program.script.integrity, /^sha384-[\w+/]{64}$/)
  }
})

test('docs: the integrity of Swagger UI is that of its files', async (t) => {
  const require = createRequire(import.meta.url)
  const { version } = require('swagger-ui-dist/package.json') as { version: string }
  for (const [program, file] of [
    [swaggerUI, swaggerUI.script],
    [swaggerUI, swaggerUI.style!],
    [swaggerRedirect, swaggerRedirect.script],
  ] as const) {
    const bytes = readFileSync(require.resolve(`swagger-ui-dist/${file.path}`))
    t.equal(program.version, version)
    t.equal(file.integrity, `sha384-${createHash('sha384').update(bytes).digest('base64')}`)
  }
})

test('docs: the page of the OAuth redirect loads its script from the package', async (t) => {
  await using client = await TestClient.open(api())
  const loaded = loadedBy(await textAt(client, '/docs/oauth2-redirect'))
  t.strictSame(loaded, [['./oauth2-redirect/oauth2-redirect.js', undefined]])
  t.equal((await client.get('/docs/oauth2-redirect/oauth2-redirect.js')).status, 200)
})

test('docs: parameters and OAuth settings reach the program, and cannot end its script', async (t) => {
  const docs: DocsOptions = {
    swagger: { url: '/docs', parameters: { docExpansion: '</script><!--' }, oauth: { clientId: 'docs' } },
    redoc: { url: '/redoc', parameters: { hideDownloadButtons: true } },
  }
  await using client = await TestClient.open(api({ docs }))
  const start = await textAt(client, '/docs/start.js')
  t.match(start, String.raw`{"docExpansion":"\u003c/script\u003e\u003c!--"}`)
  t.match(start, '"oauth":{"clientId":"docs"}')
  t.match(start, '"redirect":"./docs/oauth2-redirect"')
  t.match(await textAt(client, '/redoc/start.js'), '"parameters":{"hideDownloadButtons":true}')
})

test('docs: a page may stand at the root, and elsewhere than the document', async (t) => {
  await using root = await TestClient.open(api({ docs: { swagger: '/' } }))
  t.strictSame(loadedBy(await textAt(root, '/'))[0], ['./swagger-ui.css', undefined])
  t.equal((await root.get('/swagger-ui.css')).status, 200)
  await using deep = await TestClient.open(api({ url: '/v1/api.json', docs: { redoc: '/help/redoc/' } }))
  t.match(await textAt(deep, '/help/redoc/start.js'), '"url":"./../../v1/api.json"')
})

test('docs: pages work under the policy of secureHeaders', async (t) => {
  const app = new Application({ openapi: {}, middleware: [secureHeaders()] })
  await using client = await TestClient.open(app)
  t.equal((await client.get('/docs')).status, 200)
})

const references: readonly (readonly [from: string, to: string, expected: string])[] = [
  ['/docs', '/openapi.json', './openapi.json'],
  ['/docs/', '/openapi.json', './../openapi.json'],
  ['/a/docs', '/a/openapi.json', './openapi.json'],
  ['/a/b/docs', '/a/c/openapi.json', './../c/openapi.json'],
  ['/', '/a:b', './a:b'],
  ['/a/b', '/a', './../a'],
]

for (const [from, to, expected] of references) {
  test(`relativeReference: from ${from} to ${to}`, async (t) => {
    t.equal(relativeReference(from, to), expected)
    t.equal(new URL(expected, `http://host/mount${from}`).pathname, `/mount${to}`)
  })
}

test('scriptLiteral: holds nothing that ends a script or a line', async (t) => {
  t.equal(scriptLiteral('<&>\u2028\u2029'), String.raw`"\u003c\u0026\u003e\u2028\u2029"`)
})

test('docsPage: escapes URLs', async (t) => {
  t.match(docsPage({ title: '', styles: [], scripts: [{ url: '"><x', integrity: null }] }), 'src="&quot;&gt;&lt;x"')
})
