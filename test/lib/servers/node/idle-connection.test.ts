import { once } from 'node:events'
import { Agent, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { test } from 'tap'
import { serve } from '../../../../lib/servers/node/serve.ts'
import type { ASGIApp } from '../../../../lib/spec/app.ts'
import { collectAll } from '../../../support/minor-collection.ts'

test('a connection keeps nothing of its last request while it is idle', async (t) => {
  const scopes: WeakRef<object>[] = []
  const app: ASGIApp = async (scope, receive, send) => {
    scopes.push(new WeakRef(scope))
    await receive()
    await send({ type: 'http.response.start', status: 200, headers: [] })
    await send({ type: 'http.response.body', body: 'hello' })
  }
  const server = await serve(app, { port: 0, lifespan: 'off' })
  const agent = new Agent({ keepAlive: true })
  t.teardown(async () => {
    agent.destroy()
    await server.close()
  })

  for (let count = 0; count < 3; count += 1) {
    const [response] = (await once(
      request({ port: server.port!, agent, method: 'POST' }).end('hello'),
      'response',
    )) as [IncomingMessage]
    await once(response.resume(), 'end')
  }
  await new Promise(setImmediate)
  await collectAll()

  t.equal(server.connections, 1)
  t.equal(scopes.length, 3)
  t.same(
    scopes.map((scope) => scope.deref()),
    [undefined, undefined, undefined],
  )
})
