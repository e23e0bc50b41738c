import { test } from 'tap'
import { runLifespan } from '../../../lib/lifetime/lifespan-app.ts'
import type { RunningLifespan } from '../../../lib/lifetime/lifespan.ts'
import type { ASGIApp } from '../../../lib/spec/app.ts'
import type { LifespanScope } from '../../../lib/spec/scope.ts'
import { AppDriver } from '../../../lib/testing/app-driver.ts'
import { lint } from '../../../lib/testing/conformance/lint.ts'
import { lifespanScope } from '../../../lib/testing/scopes.ts'

const running = (parts: Partial<RunningLifespan> = {}): RunningLifespan => ({
  state: {},
  stop: async () => {},
  ...parts,
})

const appOf =
  (start: () => Promise<RunningLifespan>): ASGIApp =>
  (scope, receive, send) =>
    runLifespan(start, scope as LifespanScope, { receive, send })

test('runLifespan: starts, puts the state on the scope, waits and stops', async (t) => {
  let stopped = false
  const stop = async (): Promise<void> => {
    stopped = true
  }
  const key = Symbol('key')
  const scope = lifespanScope({ state: { given: 0 } })
  const driver = new AppDriver(lint(appOf(async () => running({ state: { database: 1, [key]: 2 }, stop }))), scope)
  driver.deliver({ type: 'lifespan.startup' })
  t.strictSame(await driver.next(), { type: 'lifespan.startup.complete' })
  t.strictSame(scope.state, { given: 0, database: 1, [key]: 2 })
  await driver.expectNothing()
  t.notOk(stopped)
  driver.deliver({ type: 'lifespan.shutdown' })
  t.strictSame(await driver.next(), { type: 'lifespan.shutdown.complete' })
  await driver.finished
  t.ok(stopped)
})

test('runLifespan: reports a start-up that failed and throws its error', async (t) => {
  const driver = new AppDriver(lint(appOf(() => Promise.reject(new Error('no database')))), lifespanScope())
  driver.deliver({ type: 'lifespan.startup' })
  t.match(await driver.next(), { type: 'lifespan.startup.failed', message: /no database[^]*lifespan-app\.test/ })
  await t.rejects(driver.finished, { message: 'no database' })
})

test('runLifespan: reports what is no error', async (t) => {
  const driver = new AppDriver(lint(appOf(() => Promise.reject('just text'))), lifespanScope())
  driver.deliver({ type: 'lifespan.startup' })
  t.match(await driver.next(), { message: 'just text' })
  await t.rejects(driver.finished)
})

test('runLifespan: reports an error without a stack', async (t) => {
  const error = Object.assign(new Error('bare'), { stack: undefined })
  const driver = new AppDriver(lint(appOf(() => Promise.reject(error))), lifespanScope())
  driver.deliver({ type: 'lifespan.startup' })
  t.match(await driver.next(), { message: 'Error: bare' })
  await t.rejects(driver.finished, { message: 'bare' })
})

test('runLifespan: reports a shutdown that failed and throws its error', async (t) => {
  const stop = (): Promise<void> => Promise.reject(new Error('stuck'))
  const driver = new AppDriver(lint(appOf(async () => running({ stop }))), lifespanScope())
  driver.deliver({ type: 'lifespan.startup' })
  await driver.next()
  driver.deliver({ type: 'lifespan.shutdown' })
  t.match(await driver.next(), { type: 'lifespan.shutdown.failed', message: /stuck/ })
  await t.rejects(driver.finished, { message: 'stuck' })
})

test('runLifespan: says when a server has no place for the state', async (t) => {
  const scope = lifespanScope({ state: undefined as never })
  const driver = new AppDriver(
    appOf(async () => running({ state: { database: 1 } })),
    scope,
  )
  driver.deliver({ type: 'lifespan.startup' })
  t.match(await driver.next(), { type: 'lifespan.startup.failed', message: /the server offers no place for it/ })
  await t.rejects(driver.finished)
})

test('runLifespan: stops what has started when the server has no place for its state', async (t) => {
  let stopped = false
  const stop = async (): Promise<void> => {
    stopped = true
  }
  const scope = lifespanScope({ state: undefined as never })
  const driver = new AppDriver(
    appOf(async () => running({ state: { database: 1 }, stop })),
    scope,
  )
  driver.deliver({ type: 'lifespan.startup' })
  await driver.next()
  await t.rejects(driver.finished, { message: /offers no place/ })
  t.ok(stopped)
})

test('runLifespan: a start-up that failed is told of also when what had started fails to stop', async (t) => {
  const scope = lifespanScope({ state: undefined as never })
  const stop = (): Promise<void> => Promise.reject(new Error('stuck'))
  const driver = new AppDriver(
    appOf(async () => running({ state: { database: 1 }, stop })),
    scope,
  )
  driver.deliver({ type: 'lifespan.startup' })
  t.match(await driver.next(), { type: 'lifespan.startup.failed', message: /offers no place[^]*stuck/ })
  await t.rejects(driver.finished, { errors: [{ message: /offers no place/ }, { message: 'stuck' }] })
})
