import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'tap'
import { fromFetch } from '../../lib/content/foreign/from-fetch.ts'
import { fromNode } from '../../lib/content/foreign/from-node.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import { Application } from '../../routing/application.ts'
import { Mount } from '../../routing/mount.ts'
import { Router } from '../../routing/router.ts'

const get = (path: string): Request => new Request(`http://example.org${path}`)

test('Router.fetch: answers a Request, and needs no this', async (t) => {
  const router = new Router().get(
    '/hello/{name}',
    (request) => new PlainTextResponse(`Hello, ${request.pathParams.name}!`),
  )
  const { fetch } = router
  t.equal(fetch, router.fetch)
  t.equal(await (await fetch(get('/hello/you'))).text(), 'Hello, you!')
  t.equal((await fetch(get('/'))).status, 404)
})

test('Application.fetch: runs the lifespan with the first request, and ends it with close', async (t) => {
  const heard: string[] = []
  const app = new Application({
    lifespan: async function* () {
      heard.push('startup')
      yield { name: 'state' }
      heard.push('shutdown')
    },
  })
  app.get('/', (request) => new PlainTextResponse(request.state.name))
  t.equal(await (await app.fetch(get('/'))).text(), 'state')
  await app.fetch.close()
  t.strictSame(heard, ['startup', 'shutdown'])
})

test('Application.fetch: keeps the runtime awake for tasks', async (t) => {
  const app = new Application()
  const order: string[] = []
  let finish = (): void => {}
  app.get('/', () => {
    app.tasks.add(() => new Promise<void>((resolve) => (finish = resolve)).then(() => order.push('task')))
    return new PlainTextResponse('x')
  })
  app.get('/idle', () => new PlainTextResponse('y'))
  for (const path of ['/idle', '/']) {
    const awake: Promise<unknown>[] = []
    const context = { waitUntil: (work: Promise<unknown>) => awake.push(work) }
    await app.fetch(get(path), {}, context)
    setImmediate(() => finish())
    await Promise.all(awake)
    order.push(path)
  }
  t.strictSame(order, ['/idle', 'task', '/'])
})

test('Router.fetch: keeps the runtime awake for its answer alone', async (t) => {
  const awake: Promise<unknown>[] = []
  const router = new Router().get('/', () => new PlainTextResponse('x'))
  await router.fetch(get('/'), {}, { waitUntil: (work: Promise<unknown>) => awake.push(work) })
  t.strictSame(await Promise.all(awake), [null])
})

test('Application.fetch: a body reaches what is mounted, though nothing says how long it is', async (t) => {
  const answerNode = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.end(await text(request))
  }
  const app = new Application({
    routes: [
      new Mount(
        '/fetch',
        fromFetch(async (request) => new Response(await request.text())),
      ),
      new Mount('/node', fromNode(answerNode)),
    ],
  })
  for (const path of ['/fetch/', '/node/']) {
    const post = (body: string | null): Promise<Response> =>
      app.fetch(new Request(`http://example.org${path}`, { method: 'POST', body }))
    t.equal(await (await post('hello')).text(), 'hello', path)
    t.equal(await (await post(null)).text(), '', path)
  }
})
