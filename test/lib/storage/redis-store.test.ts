import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createClient } from 'redis'
import { t as suite, test } from 'tap'
import { RedisStore } from '../../../lib/storage/redis-store.ts'
import type { RedisStoreOptions } from '../../../lib/storage/redis-store.ts'
import { findRedis } from '../../support/redis.ts'
import { storeCases } from './store-cases.ts'

const place = await findRedis()

if ('missing' in place) test('RedisStore: the suite of all stores', { skip: place.missing }, () => {})
else {
  const { url } = place
  const client = createClient({ url })
  await client.connect()
  const owned = new RedisStore({ url })
  suite.teardown(async () => {
    await owned.close()
    await client.close()
  })
  const waiting = { unitMs: 25, pass: (ms: number) => delay(ms) }

  storeCases('RedisStore with a client', () => ({
    store: new RedisStore({ client, prefix: `stelline-test:${randomUUID()}:` }),
    ...waiting,
  }))

  storeCases('RedisStore with a URL', () => {
    const store = new RedisStore({ url, prefix: `stelline-test:${randomUUID()}:` })
    suite.teardown(() => store.close())
    return { store, ...waiting }
  })

  test('RedisStore: stores with the same prefix share their entries, others do not', async (t) => {
    const prefix = `stelline-test:${randomUUID()}:`
    await using one = new RedisStore({ url, prefix })
    await one.set('a', '1', { ttlMs: 10_000 })
    t.equal(await new RedisStore({ client, prefix }).get('a'), '1')
    t.equal(await new RedisStore({ client, prefix: `${prefix}other:` }).get('a'), null)
  })

  test('RedisStore: keeps entries below "stelline:" by default', async (t) => {
    const key = `test:${randomUUID()}`
    await owned.set(key, '1', { ttlMs: 10_000 })
    t.equal(await client.get(`stelline:${key}`), '1')
  })

  test('RedisStore: commands that come at once wait for one connection', async (t) => {
    await using store = new RedisStore({ url, prefix: `stelline-test:${randomUUID()}:` })
    t.strictSame(await Promise.all([store.increment('a'), store.increment('a'), store.get('b')]), [1, 2, null])
  })

  test('RedisStore: connects again after it was closed', async (t) => {
    const store = new RedisStore({ url, prefix: `stelline-test:${randomUUID()}:` })
    await store.set('a', '1', { ttlMs: 10_000 })
    await store.close()
    t.equal(await store.get('a'), '1')
    await store.close()
  })

  test('RedisStore: can be closed while it connects', async (t) => {
    const store = new RedisStore({ url })
    const value = store.get('a').catch(() => 'closed')
    await store.close()
    t.ok([null, 'closed'].includes(await value))
    await store.close()
  })

  test('RedisStore: comes back after the connection was lost', async (t) => {
    await using store = new RedisStore({ url, prefix: `stelline-test:${randomUUID()}:` })
    await store.set('a', '1', { ttlMs: 60_000 })
    await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
    const deadlineMs = Date.now() + 20_000
    let value: string | null = null
    while (value === null && Date.now() < deadlineMs) {
      value = await store.get('a').catch(() => null)
      await delay(20)
    }
    t.equal(value, '1')
  })
}

test('RedisStore: sends each command once, with the prefix before the key', async (t) => {
  const sent: string[][] = []
  const replies = ['1', null, 1, 5, 0]
  const client = {
    sendCommand: async (command: string[]): Promise<unknown> => {
      sent.push(command[0] === 'EVAL' ? ['EVAL', ...command.slice(2)] : command)
      return replies[sent.length - 1]
    },
  }
  const store = new RedisStore({ client, prefix: 'p:' })
  t.equal(await store.get('a'), '1')
  await store.set('a', 'b', { ttlMs: 9 })
  t.equal(await store.delete('a'), true)
  t.equal(await store.increment('a', 4, { ttlMs: 9 }), 5)
  t.equal(await store.replace('a', 'b', 'c', { ttlMs: 9 }), false)
  await store.close()
  t.strictSame(sent, [
    ['GET', 'p:a'],
    ['SET', 'p:a', 'b', 'PX', '9'],
    ['DEL', 'p:a'],
    ['EVAL', '1', 'p:a', '4', '9'],
    ['EVAL', '1', 'p:a', '1', 'b', 'c', '9'],
  ])
})

test('RedisStore: rejects at once while no server answers, and tries again with the next command', async (t) => {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  await using store = new RedisStore({ url: `redis://127.0.0.1:${port}` })
  await t.rejects(store.get('a'), { code: 'ECONNREFUSED' })
  await t.rejects(store.get('a'), { code: 'ECONNREFUSED' })
})

const refused: readonly [options: unknown, message: string][] = [
  [{}, 'Cannot make a RedisStore: expected either "client" or "url"'],
  [
    { client: { sendCommand: async () => null }, url: 'redis://localhost' },
    'Cannot make a RedisStore: expected either "client" or "url"',
  ],
  [
    { client: { call: () => null } },
    'Cannot make a RedisStore: the client is an object of class Object, expected one with "sendCommand"; for another package write { sendCommand: ([name, ...rest]) => client.call(name, ...rest) }',
  ],
]

for (const [options, message] of refused) {
  test(`RedisStore: refuses ${JSON.stringify(options)}`, (t) => {
    t.throws(() => new RedisStore(options as RedisStoreOptions), { name: 'TypeError', message })
    t.end()
  })
}
