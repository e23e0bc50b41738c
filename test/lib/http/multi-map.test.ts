import fc from 'fast-check'
import { test } from 'tap'
import { MultiMap, MutableMultiMap } from '../../../lib/http/multi-map.ts'
import type { MultiMapInit } from '../../../lib/http/multi-map.ts'

const pairs = [
  ['a', 1],
  ['b', 2],
  ['a', 3],
] as const

/** Every way to make the same map. */
const sources: readonly (readonly [name: string, make: () => MultiMap<number>])[] = [
  ['pairs', () => new MultiMap<number>(pairs)],
  ['a generator', () => new MultiMap<number>(pairs.values())],
  ['another map', () => new MultiMap<number>(new MultiMap<number>(pairs))],
  ['a map that can be changed', () => new MutableMultiMap<number>(pairs)],
]

for (const [name, make] of sources) {
  test(`MultiMap of ${name}: keeps the order and the duplicates`, async (t) => {
    const map = make()
    t.strictSame([...map], pairs)
    t.strictSame([...map.entries()], pairs)
    t.strictSame([...map.keys()], ['a', 'b', 'a'])
    t.strictSame([...map.values()], [1, 2, 3])
    t.equal(map.size, 3)
  })

  test(`MultiMap of ${name}: get() gives the first value, where Starlette gives the last; getAll() every one`, async (t) => {
    const map = make()
    t.equal(map.get('a'), 1)
    t.strictSame(map.getAll('a'), [1, 3])
    t.equal(map.has('b'), true)
  })

  test(`MultiMap of ${name}: an absent name, also one of Object.prototype, has no value`, async (t) => {
    const map = make()
    for (const absent of ['A', '', '__proto__', 'constructor']) {
      t.equal(map.get(absent), null, absent)
      t.strictSame(map.getAll(absent), [], absent)
      t.equal(map.has(absent), false, absent)
    }
  })
}

test('MultiMap: an object gives a pair for each value', async (t) => {
  t.strictSame(
    [...new MultiMap<number>({ a: 1, b: [2, 3], c: [] })],
    [
      ['a', 1],
      ['b', 2],
      ['b', 3],
    ],
  )
})

test('MultiMap: is empty by default', async (t) => {
  t.equal(new MultiMap().size, 0)
  t.strictSame([...new MutableMultiMap()], [])
})

test('MultiMap: changing a pair that it gave out does not change it', async (t) => {
  const map = new MultiMap<number>(pairs)
  for (const pair of map) pair[1] = 9
  t.strictSame([...map.values()], [1, 2, 3])
})

const refused: readonly (readonly [what: string, init: unknown, message: string])[] = [
  ['null', null, 'Cannot make a multi-map of null: expected pairs [name, value] or an object'],
  ['a string', 'ab', 'Cannot make a multi-map of "ab": expected pairs [name, value] or an object'],
  ['a single item', [['a']], 'Cannot make a multi-map: an item is ["a"], expected a pair [name, value]'],
  ['a number as name', [[1, 'a']], 'Cannot put 1 into a multi-map: the name is not a string'],
]

for (const [what, init, message] of refused) {
  test(`MultiMap: ${what} is refused`, async (t) => {
    t.throws(() => new MultiMap(init as MultiMapInit<string>), new TypeError(message))
    t.throws(() => new MutableMultiMap(init as MultiMapInit<string>), new TypeError(message))
  })
}

type Change = (map: MutableMultiMap<number>) => void

/** A change of the three pairs above, and what stands there then. */
const changes: readonly (readonly [what: string, change: Change, after: readonly (readonly [string, number])[]])[] = [
  [
    'set() keeps the first place and drops duplicates',
    (map) => map.set('a', 9),
    [
      ['a', 9],
      ['b', 2],
    ],
  ],
  ['set() appends an absent name', (map) => map.set('c', 9), [...pairs, ['c', 9]]],
  [
    'setAll() replaces at the first place',
    (map) => map.setAll('a', [8, 9]),
    [
      ['a', 8],
      ['a', 9],
      ['b', 2],
    ],
  ],
  ['setAll() appends an absent name', (map) => map.setAll('c', [8, 9]), [...pairs, ['c', 8], ['c', 9]]],
  ['setAll() of nothing removes', (map) => map.setAll('a', []), [['b', 2]]],
  ['append() keeps values of the same name', (map) => map.append('b', 9), [...pairs, ['b', 9]]],
  ['setDefault() leaves a present name alone', (map) => void map.setDefault('a', 9), pairs],
  ['setDefault() adds an absent name', (map) => void map.setDefault('c', 9), [...pairs, ['c', 9]]],
  [
    'update() replaces and adds',
    (map) => map.update({ a: [7, 8], c: 9 }),
    [
      ['a', 7],
      ['a', 8],
      ['b', 2],
      ['c', 9],
    ],
  ],
  [
    'update() with itself changes nothing but the places',
    (map) => map.update(map),
    [
      ['a', 1],
      ['a', 3],
      ['b', 2],
    ],
  ],
  ['delete() removes every value of a name', (map) => map.delete('a'), [['b', 2]]],
  ['delete() of an absent name is no error', (map) => map.delete('c'), pairs],
  ['take() removes a name', (map) => void map.take('a'), [['b', 2]]],
  ['clear() removes everything', (map) => map.clear(), []],
]

for (const [what, change, after] of changes) {
  test(`MutableMultiMap: ${what}`, async (t) => {
    const map = new MutableMultiMap<number>(pairs)
    change(map)
    t.strictSame([...map], after)
    t.equal(map.size, after.length)
  })
}

test('MutableMultiMap: take() and setDefault() return values', async (t) => {
  const map = new MutableMultiMap<number>(pairs)
  t.equal(map.setDefault('a', 9), 1)
  t.equal(map.setDefault('c', 9), 9)
  t.strictSame(map.take('a'), [1, 3])
  t.strictSame(map.take('a'), [])
})

test('MutableMultiMap: can be changed again after each change', async (t) => {
  const map = new MutableMultiMap<number>()
  map.set('a', 1)
  map.append('a', 2)
  map.delete('b')
  map.append('__proto__', 3)
  t.strictSame(
    [...map],
    [
      ['a', 1],
      ['a', 2],
      ['__proto__', 3],
    ],
  )
})

test('MutableMultiMap: a name that is no string is refused', async (t) => {
  const map = new MutableMultiMap<number>()
  const error = new TypeError('Cannot put 1 into a multi-map: the name is not a string')
  t.throws(() => map.append(1 as unknown as string, 1), error)
  t.throws(() => map.set(1 as unknown as string, 1), error)
})

test('MutableMultiMap: a copy shares nothing, in either direction', async (t) => {
  const first = new MutableMultiMap<number>(pairs)
  const frozen = new MultiMap<number>(first)
  const copy = new MutableMultiMap<number>(first)
  first.append('c', 4)
  copy.clear()
  t.equal(first.size, 4)
  t.equal(frozen.size, 3)
  t.equal(copy.size, 0)
})

test('MutableMultiMap: any sequence of changes leaves what a plain list of pairs would hold', async (t) => {
  const name = fc.constantFrom('a', 'b', 'c', '__proto__')
  const step = fc.tuple(fc.constantFrom('append', 'set', 'delete', 'setDefault'), name, fc.nat(9))
  const property = fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
    const map = new MutableMultiMap<number>()
    let list: [string, number][] = []
    for (const [method, key, value] of steps) {
      const at = list.findIndex(([other]) => other === key)
      if (method === 'delete') list = list.filter(([other]) => other !== key)
      else if (method === 'append' || at < 0) list.push([key, value])
      else if (method === 'set') {
        list[at]![1] = value
        list = list.filter(([other], index) => index === at || other !== key)
      }
      if (method === 'delete') map.delete(key)
      else map[method as 'append'](key, value)
    }
    return JSON.stringify([...map]) === JSON.stringify(list)
  })
  t.doesNotThrow(() => fc.assert(property, { seed: 1, numRuns: 500 }))
})
