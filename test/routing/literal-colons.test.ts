import { test } from 'tap'
import { TestClient } from '../../lib/testing/test-client.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import { Application } from '../../routing/application.ts'
import { Mount } from '../../routing/mount.ts'
import { PathPattern } from '../../routing/path-pattern.ts'
import { Router } from '../../routing/router.ts'
import { WebSocketRoute } from '../../routing/websocket-route.ts'

const says = (text: string) => () => new PlainTextResponse(text)

test('routes, mounts and includes: refuse a segment that begins with a colon and a name', async (t) => {
  const cases: readonly (readonly [what: string, make: () => unknown])[] = [
    ['route', () => new Application().get('/orgs/:org', says(''))],
    ['route', () => new Application().get('/orgs/:org', {}, says(''))],
    ['route', () => new WebSocketRoute('/orgs/:org', () => {})],
    ['mount', () => new Mount('/orgs/:org', [])],
    ['router', () => new Router().include(new Router(), { prefix: '/orgs/:org' })],
  ]
  for (const [what, make] of cases) {
    t.throws(make, {
      name: 'TypeError',
      message: `Cannot add a ${what} at "/orgs/:org": ":org" is literal text, expected "{org}"; new PathPattern("/orgs/:org") takes it as it is`,
    })
  }
})

test('routes, mounts and includes: a PathPattern takes such a segment as it is', async (t) => {
  const inner = new Router().get('/x', says('inner'))
  const app = new Application()
    .get(new PathPattern('/tags/:id'), says('literal'), { name: 'tag' })
    .mount(new PathPattern('/m/:id'), inner)
    .include(inner, { prefix: new PathPattern('/i/:id') })
  await using client = await TestClient.open(app)
  const bodies = await Promise.all(
    ['/tags/:id', '/tags/%3Aid', '/m/:id/x', '/i/:id/x'].map(async (path) => (await client.get(path)).text()),
  )
  t.strictSame(bodies, ['literal', 'literal', 'inner', 'inner'])
  t.equal((await client.get('/tags/7')).status, 404)
  t.equal(app.urlPathFor('tag'), '/tags/:id')
})

test('Route: a colon within a segment is text like any other', async (t) => {
  const app = new Application().post('/v1/books:batchGet', says('batch')).get('/v1/{book}:archive', (request) => {
    return new PlainTextResponse(request.pathParams.book)
  })
  await using client = await TestClient.open(app)
  t.equal(await (await client.post('/v1/books:batchGet')).text(), 'batch')
  t.equal(await (await client.get('/v1/7:archive')).text(), '7')
})
