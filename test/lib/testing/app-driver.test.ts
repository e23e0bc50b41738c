import { test } from 'tap'
import type { ASGIApp } from '../../../lib/spec/app.ts'
import { AppDriver } from '../../../lib/testing/app-driver.ts'
import { lint } from '../../../lib/testing/conformance/lint.ts'
import { httpScope, webSocketScope } from '../../../lib/testing/scopes.ts'

/** Answers a request with its own body. */
const echo: ASGIApp = lint(async (_scope, receive, send) => {
  const message = await receive()
  await send({ type: 'http.response.start', status: 200 })
  await send({ type: 'http.response.body', body: message.type === 'http.request' ? (message.body ?? null) : null })
})

const idle: ASGIApp = async (_scope, receive) => {
  await receive()
}

test('AppDriver: delivers messages to the app and gives those that it sends', async (t) => {
  const driver = new AppDriver(echo, httpScope())
  driver.deliver({ type: 'http.request', body: new Uint8Array([7]) })
  t.match(await driver.next(), { type: 'http.response.start', status: 200 })
  t.match(await driver.next(), { type: 'http.response.body', body: new Uint8Array([7]) })
  await t.resolves(driver.finished)
})

test('AppDriver: calls the app with its scope', async (t) => {
  const scope = httpScope()
  let seen: unknown
  const driver = new AppDriver(
    {
      asgi: async (given) => {
        seen = given
      },
    },
    scope,
  )
  await driver.finished
  t.equal(seen, scope)
  t.equal(driver.scope, scope)
})

test('AppDriver.next: may be called before the app sends', async (t) => {
  const driver = new AppDriver(echo, httpScope())
  const both = Promise.all([driver.next(), driver.next()])
  driver.deliver({ type: 'http.request' })
  t.match(await both, [{ type: 'http.response.start' }, { type: 'http.response.body' }])
})

test('AppDriver.next: rejects with the error of the app', async (t) => {
  const error = new Error('own')
  const driver = new AppDriver(() => {
    throw error
  }, httpScope())
  await t.rejects(driver.next(), error)
  await t.rejects(driver.finished, error)
})

test('AppDriver.next: rejects when the app returns without sending', async (t) => {
  const driver = new AppDriver(async () => {}, httpScope())
  await t.rejects(driver.next(), {
    code: 'STELLINE_APP_DRIVER',
    message: 'Cannot get the next message: the app has returned',
  })
})

test('AppDriver.next: says that the app waits for a message', async (t) => {
  const driver = new AppDriver(idle, httpScope(), { timeoutMs: 1 })
  await t.rejects(driver.next(), {
    code: 'STELLINE_APP_DRIVER',
    message:
      'Cannot get the next message: the app sent none within 1 ms; it waits in receive(), so deliver() a message first',
  })
})

test('AppDriver.next: says that the app waits for something else', async (t) => {
  const driver = new AppDriver(() => new Promise(() => {}), httpScope(), { timeoutMs: 1 })
  await t.rejects(driver.next(), /it waits for something other than receive\(\)/)
})

test('AppDriver.next: a call that timed out takes no message from the next one', async (t) => {
  const driver = new AppDriver(echo, httpScope(), { timeoutMs: 1 })
  await t.rejects(driver.next())
  driver.deliver({ type: 'http.request' })
  t.match(await driver.next(), { type: 'http.response.start' })
})

test('AppDriver.deliver: a disconnect repeats', async (t) => {
  const seen: string[] = []
  const app: ASGIApp = async (_scope, receive) => {
    for (let i = 0; i < 3; i++) seen.push((await receive()).type)
  }
  for (const driver of [new AppDriver(app, httpScope()), new AppDriver(app, webSocketScope())]) {
    if (driver.scope.type === 'http') driver.deliver({ type: 'http.disconnect' })
    else driver.deliver({ type: 'websocket.disconnect', code: 1000 })
    await driver.finished
  }
  t.strictSame(new Set(seen), new Set(['http.disconnect', 'websocket.disconnect']))
})

test('AppDriver.expectNothing: resolves when the app is quiet, also when it has returned', async (t) => {
  const driver = new AppDriver(idle, httpScope())
  await t.resolves(driver.expectNothing())
  driver.deliver({ type: 'http.request' })
  await t.resolves(driver.expectNothing())
})

test('AppDriver.expectNothing: rejects when the app sends, and leaves the message to be read', async (t) => {
  const driver = new AppDriver(echo, httpScope())
  driver.deliver({ type: 'http.request' })
  await t.rejects(driver.expectNothing(), {
    code: 'STELLINE_APP_DRIVER',
    message: 'Expected no message, but the app sent "http.response.start"',
  })
  t.match(await driver.next(), { type: 'http.response.start' })
})

test('AppDriver.expectNothing: rejects with the error of the app', async (t) => {
  const error = new Error('own')
  await t.rejects(new AppDriver(async () => Promise.reject(error), httpScope()).expectNothing(), error)
})
