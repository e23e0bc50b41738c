import { test } from 'tap'
import { Application, HTTPEndpoint, JSONResponse, Mount, PlainTextResponse, Route, Router } from 'stelline'
import { TestClient } from 'stelline/testing'
import type { TestResponse } from 'stelline/testing'

/*
 * What has gone wrong in the routers of other frameworks, each with the identifier of its advisory.
 */

const says = (text: string) => (): PlainTextResponse => new PlainTextResponse(text)

async function get(app: Router, path: string, method = 'GET'): Promise<TestResponse> {
  await using client = await TestClient.open(app, { followRedirects: false })
  const response = await client.request(method, path)
  await response.bytes()
  return response
}

for (const path of ['/%61dmin/x', '/admin%2Fx', '/admin/x', '/%61%64%6d%69%6e/x']) {
  test(`JS 1, JS 7, CVE-2026-47676: ${path} is one path for mounts, guards and routes`, async (t) => {
    const seen: string[] = []
    const inner = new Router().get('/x', ({ scope }) => {
      seen.push(scope.path, scope.root_path)
      return new PlainTextResponse('inner')
    })
    const app = new Application({ routes: [new Mount('/admin', inner)] })
    t.equal(await (await get(app, path)).text(), 'inner')
    t.strictSame(seen, ['/admin/x', '/admin'])
  })
}

test('JS 6, GHSA-72gr-qfp7-vwhw: a path is decoded once', async (t) => {
  const app = new Router().get('/admin', says('admin')).get('/{name}', ({ pathParams }) => new JSONResponse(pathParams))
  t.strictSame(await (await get(app, '/%2561dmin')).json(), { name: '%61dmin' })
})

for (const method of ['constructor', '__proto__', 'toString', 'hasOwnProperty', '_DO_DELETE', 'valueOf']) {
  test(`JS 12, CVE-2026-47219, CVE-2026-48817: the method ${method} reaches nothing`, async (t) => {
    class Items extends HTTPEndpoint {
      get(): PlainTextResponse {
        return new PlainTextResponse('')
      }
      _do_delete(): PlainTextResponse {
        throw new Error('reached')
      }
    }
    const app = new Router({ routes: [new Route('/class', Items), new Route('/function', says(''))] })
    for (const path of ['/class', '/function']) t.equal((await get(app, path, method)).status, 405, path)
  })
}

for (const [path, attack] of [
  ['/{a}-{b}-{c}', `/${'-'.repeat(20_000)}/`],
  ['/{a:path}/x/{b:path}/y', `/${'x/'.repeat(20_000)}`],
  ['/{a}.{b}.{c}.{d}', `/${'a.'.repeat(20_000)}\n/`],
] as const) {
  test(`JS 13, CVE-2024-45813, CVE-2024-45296, CVE-2026-4867: ${path} is matched in linear time`, async (t) => {
    const begin = process.hrtime.bigint()
    await get(new Router().get(path, says('')), attack)
    t.ok(process.hrtime.bigint() - begin < 5_000_000_000n)
  })
}

test('JS 14, GHSA-f6gv-hh8j-q8vq: parameters are those of the route that matched, and of the request', async (t) => {
  const app = new Router()
    .get('/{wrong}/{id:int}', ({ pathParams }) => new JSONResponse(pathParams))
    .get('/{a}/{b}', ({ pathParams }) => new JSONResponse(pathParams))
  await using client = await TestClient.open(app)
  const answers = await Promise.all(['/x/1', '/x/y', '/z/2', '/z/w'].map((path) => client.get(path)))
  t.strictSame(await Promise.all(answers.map((answer) => answer.json())), [
    { wrong: 'x', id: 1 },
    { a: 'x', b: 'y' },
    { wrong: 'z', id: 2 },
    { a: 'z', b: 'w' },
  ])
})

test('JS 14: a parameter may be called as what every object has', async (t) => {
  const app = new Router().get('/{__proto__}/{constructor}', ({ pathParams }) => {
    return new JSONResponse([Object.keys(pathParams), 'toString' in pathParams])
  })
  t.strictSame(await (await get(app, '/a/b')).json(), [['__proto__', 'constructor'], false])
})
