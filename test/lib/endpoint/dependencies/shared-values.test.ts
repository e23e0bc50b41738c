import { test } from 'tap'
import { z } from 'zod'
import { depends } from '../../../../lib/endpoint/dependencies/depends.ts'
import { securityScopes, withScopes } from '../../../../lib/endpoint/dependencies/scopes.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'
import { Router } from '../../../../routing/router.ts'

async function jsonOf(app: Application, path = '/'): Promise<unknown> {
  await using client = await TestClient.open(app)
  return (await client.get(path)).json()
}

test('withScopes: a value is made once for each set of scopes, whatever their order and wherever they are asked for', async (t) => {
  let made = 0
  const user = depends({ securityScopes }, (input) => [++made, ...input.securityScopes.names])
  const router = new Router({ dependencies: [withScopes(user, ['b', 'a'])] })
  router.get(
    '/',
    { dependencies: { one: withScopes(user, ['a', 'b']), two: withScopes(user, ['b', 'a', 'b']), three: user } },
    ({ one, two, three }) => [one, two, three],
  )
  const app = new Application().include(router)
  t.strictSame(await jsonOf(app), [[1, 'b', 'a'], [1, 'b', 'a'], [2]])
})

test('withScopes: what a scoped value needs without looking at scopes is shared, too', async (t) => {
  let made = 0
  const token = depends(() => ++made)
  const user = depends({ token, securityScopes }, (input) => input.token)
  const admin = withScopes(user, ['admin'])
  const app = new Application({ dependencies: [admin] })
  app.get('/', { dependencies: { admin, token } }, (input) => [input.admin, input.token])
  t.strictSame(await jsonOf(app), [1, 1])
})

// ---- overrides

const user = depends(() => 'real', { name: 'user' })
const greeting = depends({ user }, (input) => `hello ${input.user}`)

test('overrides: those of a mounted application replace what an outer one has made', async (t) => {
  const inner = new Application({ dependencies: [user] })
  inner.get('/', { dependencies: { user, greeting } }, (input) => [input.user, input.greeting])
  const app = new Application({ dependencies: [user, greeting] })
  app.mount('/in', inner)
  app.get('/', { dependencies: { user, greeting } }, (input) => [input.user, input.greeting])

  inner.overrides.set(user, () => 'fake')
  t.strictSame(await jsonOf(app, '/in/'), ['fake', 'hello fake'])
  t.strictSame(await jsonOf(app), ['real', 'hello real'])
})

test('overrides: what an outer application has replaced is shared with those within that replace nothing', async (t) => {
  const inner = new Application()
  inner.get('/', { dependencies: { user } }, (input) => [input.user])
  const app = new Application({ dependencies: [user] })
  app.mount('/in', inner)
  app.overrides.set(user, () => 'outer')
  t.strictSame(await jsonOf(app, '/in/'), ['outer'])
})

test('overrides: a replacement is made once for the layers of its application', async (t) => {
  let made = 0
  const clock = depends(() => 'now')
  const inner = new Application({ dependencies: [user] })
  inner.get('/', { dependencies: { user, clock } }, (input) => [input.user, input.clock])
  inner.overrides.set(user, () => ++made)
  const app = new Application({ dependencies: [user, clock] })
  app.mount('/in', inner)
  t.strictSame(await jsonOf(app, '/in/'), [1, 'now'])
})

// ---- parameters

test('Include: the dependencies of an included router know all parameters of the path', async (t) => {
  const who = depends(({ params }) => ({ ...params }))
  const id = depends({ path: z.object({ id: z.number() }) }, ({ params }) => params.id)
  const middle = new Router({ dependencies: [who] })
  const router = new Router({ dependencies: [id] })
  router.get('/p/{id:int}', { dependencies: { who, id } }, (input) => [input.who, input.id, input.params])
  middle.include(router, { prefix: '/{section}' })
  const app = new Application().include(middle, { prefix: '/{tenant}' })
  const params = { tenant: 'acme', section: 'a', id: 3 }
  t.strictSame(await jsonOf(app, '/acme/a/p/3'), [params, 3, params])
})

test('Include: a parameter of the route wins over one of the prefix with the same name', async (t) => {
  const who = depends(({ params }) => ({ ...params }))
  const router = new Router({ dependencies: [who] })
  router.get('/{id:int}', { dependencies: { who } }, (input) => [input.who, input.params])
  const app = new Application().include(router, { prefix: '/{id}' })
  t.strictSame(await jsonOf(app, '/a/1'), [{ id: 1 }, { id: 1 }])
})

test('Mount: the dependencies around a mounted router know the parameters of the prefix', async (t) => {
  const who = depends(({ params }) => ({ ...params }))
  const router = new Router({ dependencies: [who] })
  router.get('/p/{id:int}', { dependencies: { who } }, (input) => [input.who, input.params])
  const app = new Application()
  app.mount('/{tenant}', router)
  t.strictSame(await jsonOf(app, '/acme/p/3'), [{ tenant: 'acme' }, { tenant: 'acme', id: 3 }])
})

// ---- thenables

class Query {
  readonly text = 'select'
  ran = 0
  // oxlint-disable-next-line unicorn/no-thenable -- query builders have it
  then(resolve: (value: string) => void): void {
    this.ran++
    resolve('rows')
  }
}

test('depends: only what a function returns is awaited; values, instances and what is yielded are handed over as they are', async (t) => {
  const [value, yielded, returned] = [new Query(), new Query(), new Query()]
  const all = {
    value: depends(value),
    promise: depends(Promise.resolve(5)),
    instance: depends(Query),
    yielded: depends(function* () {
      yield yielded
    }),
    yieldedLater: depends({ query: z.object({}) }, function* () {
      yield yielded
    }),
    returned: depends(() => returned),
  }
  const app = new Application({ dependencies: [all.instance, all.yielded] })
  app.get('/', { dependencies: all }, async (input) => [
    input.value === value,
    await input.promise,
    input.instance.text,
    input.yielded === yielded,
    input.yieldedLater === yielded,
    input.returned,
  ])
  t.strictSame(await jsonOf(app), [true, 5, 'select', true, true, 'rows'])
  t.equal(value.ran + yielded.ran, 0)
  t.equal(returned.ran, 1)
})
