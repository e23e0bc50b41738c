import { test } from 'tap'
import { MemoryStore } from '../../../lib/storage/memory-store.ts'
import { storeCases } from './store-cases.ts'

storeCases('MemoryStore', () => {
  let nowMs = 1_000_000
  const pass = async (ms: number): Promise<void> => {
    nowMs += ms
  }
  return { store: new MemoryStore({ now: () => nowMs }), unitMs: 1, pass }
})

test('MemoryStore: beyond its bound the entry goes that was not used for the longest time', async (t) => {
  const store = new MemoryStore({ maxEntries: 2 })
  await store.set('a', '1')
  await store.set('b', '1')
  await store.get('a')
  await store.set('c', '1')
  t.strictSame([await store.get('a'), await store.get('b'), await store.get('c')], ['1', null, '1'])
  t.equal(store.size, 2)
})

test('MemoryStore: what has expired goes before what has not', async (t) => {
  let nowMs = 0
  const store = new MemoryStore({ maxEntries: 3, now: () => nowMs })
  await store.set('a', '1', { ttlMs: 10 })
  await store.set('b', '1')
  nowMs = 10
  await store.set('c', '1')
  await store.set('d', '1')
  t.equal(await store.get('b'), '1')
  t.equal(store.size, 3)
})

test('MemoryStore: never holds more than its bound, whatever is done', async (t) => {
  const store = new MemoryStore({ maxEntries: 5 })
  for (let index = 0; index < 100; index++) {
    await store.increment(`count ${index}`)
    await store.replace(`replaced ${index}`, null, '')
    t.ok(store.size <= 5)
  }
})

test('MemoryStore: a key that is set again takes no second place', async (t) => {
  const store = new MemoryStore({ maxEntries: 2 })
  await store.set('a', '1')
  await store.set('b', '1')
  await store.set('b', '2')
  t.equal(await store.get('a'), '1')
})

test('MemoryStore: can be emptied', async (t) => {
  const store = new MemoryStore()
  await store.set('a', '1')
  store.clear()
  t.equal(store.size, 0)
})

test('MemoryStore: refuses bounds that are none', (t) => {
  for (const maxEntries of [0, -1, 1.5, Number.NaN, Infinity]) {
    t.throws(() => new MemoryStore({ maxEntries }), {
      name: 'RangeError',
      message: /^Cannot make a MemoryStore: maxEntries is .*, expected a whole number above 0$/,
    })
  }
  t.end()
})
