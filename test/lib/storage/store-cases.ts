import { test } from 'tap'
import type { Store } from '../../../lib/storage/store.ts'

/** A store under test. */
export interface StoreUnderTest {
  readonly store: Store
  /** How long the shortest time of the cases is, in milliseconds. */
  readonly unitMs: number
  /** Lets time go by: on a clock of its own, or by waiting. */
  pass(ms: number): Promise<unknown>
}

/** What every store does, whatever it keeps its entries in. */
export function storeCases(name: string, open: () => StoreUnderTest | Promise<StoreUnderTest>): void {
  test(`${name}: an absent key has no value`, async (t) => {
    const { store } = await open()
    t.equal(await store.get('a'), null)
  })

  test(`${name}: keeps a value, and an empty one, and one of any characters`, async (t) => {
    const { store } = await open()
    for (const value of ['1', '', 'ä\u{1f30d}\0\r\n', '{"a":1}']) {
      await store.set('a', value)
      t.equal(await store.get('a'), value)
    }
  })

  test(`${name}: keys are data`, async (t) => {
    const { store } = await open()
    for (const key of ['__proto__', 'constructor', '', 'a b', 'ä:\r\n*']) {
      t.equal(await store.get(key), null)
      await store.set(key, key)
      t.equal(await store.get(key), key)
    }
  })

  test(`${name}: the last set wins, its time included`, async (t) => {
    const { store, unitMs, pass } = await open()
    await store.set('a', '1', { ttlMs: 2 * unitMs })
    await store.set('a', '2')
    await pass(4 * unitMs)
    t.equal(await store.get('a'), '2')
  })

  test(`${name}: forgets a value when its time is over`, async (t) => {
    const { store, unitMs, pass } = await open()
    await store.set('a', '1', { ttlMs: 2 * unitMs })
    await store.set('b', '1', { ttlMs: 100_000 })
    await pass(4 * unitMs)
    t.strictSame([await store.get('a'), await store.get('b')], [null, '1'])
  })

  test(`${name}: deletes, and says whether there was anything`, async (t) => {
    const { store, unitMs, pass } = await open()
    await store.set('a', '1')
    await store.set('b', '1', { ttlMs: 2 * unitMs })
    await pass(4 * unitMs)
    t.strictSame([await store.delete('a'), await store.delete('a'), await store.delete('b')], [true, false, false])
    t.equal(await store.get('a'), null)
  })

  test(`${name}: counts from 0, by any step`, async (t) => {
    const { store } = await open()
    t.strictSame([await store.increment('a'), await store.increment('a', 5), await store.increment('a', -2)], [1, 6, 4])
    t.equal(await store.get('a'), '4')
  })

  test(`${name}: a number that was set is counted on`, async (t) => {
    const { store } = await open()
    await store.set('a', '41')
    t.equal(await store.increment('a'), 42)
  })

  test(`${name}: the time of a counter counts from when it was made`, async (t) => {
    const { store, unitMs, pass } = await open()
    await store.increment('a', 1, { ttlMs: 20 * unitMs })
    t.equal(await store.increment('a', 1, { ttlMs: 100_000 }), 2)
    await pass(25 * unitMs)
    t.equal(await store.increment('a', 1, { ttlMs: 100_000 }), 1)
  })

  test(`${name}: a counter that was made without a time keeps none`, async (t) => {
    const { store, unitMs, pass } = await open()
    await store.increment('a')
    await store.increment('a', 1, { ttlMs: 2 * unitMs })
    await pass(4 * unitMs)
    t.equal(await store.get('a'), '2')
  })

  test(`${name}: does not count what is no number, and leaves it`, async (t) => {
    const { store } = await open()
    for (const value of ['x', '', '1.5', '99999999999999999999']) {
      await store.set('a', value)
      await t.rejects(store.increment('a'))
      t.equal(await store.get('a'), value)
    }
    await t.rejects(store.increment('b', 1.5))
  })

  test(`${name}: counts every one of many at once`, async (t) => {
    const { store } = await open()
    const sums = await Promise.all(Array.from({ length: 50 }, () => store.increment('a')))
    t.strictSame(
      sums.sort((one, other) => one - other),
      Array.from({ length: 50 }, (_, index) => index + 1),
    )
  })

  test(`${name}: replaces what is expected, and nothing else`, async (t) => {
    const { store } = await open()
    t.equal(await store.replace('a', '0', '1'), false)
    t.equal(await store.replace('a', null, '1'), true)
    t.equal(await store.replace('a', null, '2'), false)
    t.equal(await store.replace('a', '0', '2'), false)
    t.equal(await store.get('a'), '1')
    t.equal(await store.replace('a', '1', ''), true)
    t.equal(await store.replace('a', null, '2'), false)
    t.equal(await store.replace('a', '', '2'), true)
    t.equal(await store.get('a'), '2')
  })

  test(`${name}: a replacement has a time of its own`, async (t) => {
    const { store, unitMs, pass } = await open()
    await store.set('a', '1')
    await store.replace('a', '1', '2', { ttlMs: 2 * unitMs })
    await pass(4 * unitMs)
    t.equal(await store.get('a'), null)
    t.equal(await store.replace('a', null, '3'), true)
  })

  test(`${name}: of many replacements at once one succeeds`, async (t) => {
    const { store } = await open()
    const done = await Promise.all(Array.from({ length: 20 }, (_, index) => store.replace('a', null, String(index))))
    t.equal(done.filter(Boolean).length, 1)
  })

  test(`${name}: refuses times that are none`, async (t) => {
    const { store } = await open()
    for (const ttlMs of [0, -1, 1.5, Number.NaN, Infinity]) {
      const expected = { message: /^Cannot keep "a": ttlMs is .*, expected a whole number of milliseconds above 0$/ }
      await t.rejects(store.set('a', '1', { ttlMs }), expected)
      await t.rejects(store.increment('a', 1, { ttlMs }), expected)
      await t.rejects(store.replace('a', null, '1', { ttlMs }), expected)
    }
    t.equal(await store.get('a'), null)
  })
}
