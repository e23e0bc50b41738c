import { test } from 'tap'
import { checkScope } from '../../../lib/spec/scope-values.ts'
import { httpScope, lifespanScope, webSocketScope } from '../../../lib/testing/scopes.ts'

test('httpScope, webSocketScope, lifespanScope: keep the contract without being told anything', async (t) => {
  for (const scope of [httpScope(), webSocketScope(), lifespanScope()]) t.doesNotThrow(() => checkScope(scope))
})

test('httpScope: stands for a GET of the test client', async (t) => {
  t.match(httpScope(), { method: 'GET', path: '/', client: ['testclient', 50000], server: ['testserver', 80] })
})

test('httpScope: the raw path follows the path', async (t) => {
  t.equal(httpScope({ path: '/größe/a b?#' }).raw_path, '/gr%C3%B6%C3%9Fe/a%20b%3F%23')
  t.equal(httpScope({ path: '/a', raw_path: '/%61' }).raw_path, '/%61')
})

test('webSocketScope: takes its parts', async (t) => {
  t.match(webSocketScope({ path: '/ws', scheme: 'wss' }), { type: 'websocket', raw_path: '/ws', scheme: 'wss' })
})

test('lifespanScope: takes its parts', async (t) => {
  const state = {}
  t.equal(lifespanScope({ state }).state, state)
})
