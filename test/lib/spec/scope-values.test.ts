import { test } from 'tap'
import { checkScope } from '../../../lib/spec/scope-values.ts'
import type { Scope } from '../../../lib/spec/scope.ts'

const lifespan = { type: 'lifespan', asgi: { version: '3.0', spec_version: '2.0' }, state: {} }
const connection = {
  asgi: { version: '3.0', spec_version: '2.5' },
  http_version: '1.1',
  path: '/',
  raw_path: '/',
  query_string: '',
  root_path: '',
  headers: [['host', 'testserver']],
  client: ['127.0.0.1', 50000],
  server: ['127.0.0.1', 80],
  state: {},
  extensions: {},
}
const http = { ...connection, type: 'http', method: 'GET', scheme: 'http' }
const websocket = { ...connection, type: 'websocket', scheme: 'ws', subprotocols: [] }

/** What the keys of every connection may hold and may not: ASGI, HTTP & WebSocket, "Connection Scope". */
const connectionKeys: Readonly<Record<string, { good: readonly unknown[]; bad: readonly unknown[] }>> = {
  asgi: {
    good: [{ version: '3.0' }, { version: '3.0', spec_version: null }],
    bad: [undefined, null, '3.0', [], {}, { version: 3 }, { version: '3.0', spec_version: 2.5 }],
  },
  http_version: { good: ['1.0', '1.1', '2', '3'], bad: [undefined, 1.1, '2.0', ''] },
  path: { good: ['/', '/größe', '//a', '/😀'], bad: [undefined, '', 'a', 7, '*', '/\ud800'] },
  raw_path: {
    good: [undefined, null, '/%61', '/\xff', '/%C3%A9'],
    bad: [7, '', 'a', '*', '/a?b', '/ā', '/%', '/%ZZ', '/%FF'],
  },
  query_string: { good: ['', 'a=%20', '\xff'], bad: [undefined, null, 'ā', 7] },
  root_path: { good: [''], bad: [undefined, null, '/', '/api/', 'api', '/api', 7] },
  headers: {
    good: [[], [['a', '\xff\x01']], new Map([['a', 'b']]), [['constructor', 'b']]],
    bad: [
      undefined,
      null,
      {},
      'a: b',
      [['A', 'b']],
      [['a']],
      [['a b', 'c']],
      [['a', 'ā']],
      [['a', 'b\r']],
      [['a', 'b\n']],
      [['a', 'b\0']],
      ['ab'],
      new Map([['a', 'b']]).entries(),
    ],
  },
  client: {
    good: [undefined, null, ['::1', 1], ['', 0], ['::1', 65_535]],
    bad: ['::1', ['::1'], ['::1', '1'], [1, 1], ['::1', null], ['::1', 65_536], ['::1', -1]],
  },
  server: {
    good: [undefined, null, ['localhost', 80], ['/run/app.sock', null]],
    bad: ['/run', [80, 'a'], ['a', 'b'], [null, null]],
  },
  state: { good: [{}, Object.create(null)], bad: [undefined, null, [], 'x'] },
  extensions: { good: [{}, { tls: {} }, { tls: null }], bad: [undefined, null, [], 'tls', { tls: true }, { tls: [] }] },
}

/** What differs per protocol. */
const ownKeys: ReadonlyArray<readonly [scope: object, key: string, good: readonly unknown[], bad: readonly unknown[]]> =
  [
    [http, 'method', ['GET', 'M-SEARCH'], [undefined, '', 'get', 'GET /', 'GÉT', 7]],
    [http, 'scheme', ['http', 'https'], [undefined, 'ws', 'HTTP']],
    [websocket, 'scheme', ['ws', 'wss'], [undefined, 'http']],
    [websocket, 'subprotocols', [[], ['chat']], [undefined, null, 'chat', [7], ['a b'], ['ä'], ['']]],
    [{ ...http, method: 'OPTIONS' }, 'path', ['/', '*'], ['**', '']],
    [{ ...http, method: 'OPTIONS' }, 'raw_path', ['/', '*'], ['**']],
    [{ ...http, path: '/api/x' }, 'root_path', ['', '/api', '/api/x'], ['/ap', '/api/', '/x', 'api']],
    [{ ...websocket, root_path: '/größe' }, 'path', ['/größe', '/größe/x'], ['/', '/größer', '/gr%C3%B6%C3%9Fe']],
    [lifespan, 'asgi', [{ version: '3.0' }], [undefined, {}]],
    [lifespan, 'state', [{}], [undefined, null]],
  ]

const check = (scope: object, key: string, value: unknown) => () =>
  checkScope({ ...scope, [key]: value } as unknown as Scope)

for (const [key, { good, bad }] of Object.entries(connectionKeys)) {
  test(`checkScope: ${key} of a connection`, async (t) => {
    for (const scope of [http, websocket]) {
      for (const value of good) t.doesNotThrow(check(scope, key, value))
      for (const value of bad) t.throws(check(scope, key, value), { code: 'STELLINE_PROTOCOL_VIOLATION' })
    }
  })
}

for (const [scope, key, good, bad] of ownKeys) {
  test(`checkScope: ${key} of ${(scope as Scope).type}`, async (t) => {
    for (const value of good) t.doesNotThrow(check(scope, key, value))
    for (const value of bad) t.throws(check(scope, key, value), { code: 'STELLINE_PROTOCOL_VIOLATION' })
  })
}

test('checkScope: takes a whole scope of each type', async (t) => {
  for (const scope of [http, websocket, lifespan]) t.doesNotThrow(() => checkScope(scope as unknown as Scope))
})

test('checkScope: names the key, what it holds and what is expected', async (t) => {
  t.throws(check(http, 'method', 'get'), {
    message: 'Cannot open a scope of type "http": method is "get", expected an upper-case token',
  })
})

test('checkScope: refuses types that the contract does not know', async (t) => {
  for (const scope of [null, undefined, {}, { type: 7 }, { type: 'constructor' }, { type: 'http2' }]) {
    t.throws(() => checkScope(scope as unknown as Scope), /expected "http", "websocket" or "lifespan"/)
  }
})
