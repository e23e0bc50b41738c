import { test } from 'tap'
import { QueryParams } from '../../../lib/http/query-params.ts'

/** https://url.spec.whatwg.org/#urlencoded-parsing */
const queries: readonly (readonly [query: string, pairs: readonly (readonly [string, string])[]])[] = [
  ['', []],
  ['a=1', [['a', '1']]],
  [
    'a=1&b=2&a=3',
    [
      ['a', '1'],
      ['b', '2'],
      ['a', '3'],
    ],
  ],
  ['a', [['a', '']]],
  ['a=', [['a', '']]],
  ['=a', [['', 'a']]],
  ['&&a=1&&', [['a', '1']]],
  ['a=b=c', [['a', 'b=c']]],
  ['a+b=c+d', [['a b', 'c d']]],
  ['a%20b=%C3%A9', [['a b', 'é']]],
  [
    'a=%ZZ&b=%',
    [
      ['a', '%ZZ'],
      ['b', '%'],
    ],
  ],
  ['a=%FF', [['a', '\ufffd']]],
  // Raw bytes, here those of "é" in UTF-8.
  ['a=\xc3\xa9', [['a', 'é']]],
  ['?a=1', [['?a', '1']]],
  ['a=1;b=2', [['a', '1;b=2']]],
  [
    '__proto__=x&constructor=y',
    [
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ],
  ],
]

for (const [query, pairs] of queries) {
  test(`QueryParams: ${JSON.stringify(query)} is read`, async (t) => {
    const params = new QueryParams(query)
    t.strictSame([...params], pairs)
    t.strictSame([...params.entries()], pairs)
    t.equal(params.size, pairs.length)
  })
}

test('QueryParams: get() returns the first value, getAll() every one', async (t) => {
  const params = new QueryParams('a=1&a=2')
  t.equal(params.get('a'), '1')
  t.strictSame(params.getAll('a'), ['1', '2'])
  t.equal(params.has('a'), true)
})

test('QueryParams: an absent name, also one of Object.prototype, is null', async (t) => {
  const params = new QueryParams('a=1')
  for (const name of ['b', '__proto__', 'constructor']) {
    t.equal(params.get(name), null)
    t.strictSame(params.getAll(name), [])
    t.equal(params.has(name), false)
  }
})

test('QueryParams: keys() and values() keep duplicates', async (t) => {
  const params = new QueryParams('a=1&b=2&a=3')
  t.strictSame([...params.keys()], ['a', 'b', 'a'])
  t.strictSame([...params.values()], ['1', '2', '3'])
})

test('QueryParams: pairs are taken as they are, and toString() encodes them', async (t) => {
  const params = new QueryParams([
    ['a b', '1&2'],
    ['é', '+'],
  ])
  t.equal(params.toString(), 'a+b=1%262&%C3%A9=%2B')
})

test('QueryParams: more pairs than maxPairs are refused', async (t) => {
  const error = new RangeError('Cannot read query parameters: there are more than 2 pairs')
  t.equal(new QueryParams('a&b&', { maxPairs: 2 }).size, 2)
  t.throws(() => new QueryParams('a&b&c', { maxPairs: 2 }), error)
  t.throws(
    () =>
      new QueryParams(
        [
          ['a', ''],
          ['b', ''],
          ['c', ''],
        ],
        { maxPairs: 2 },
      ),
    error,
  )
})

test('QueryParams: empty pairs do not count', async (t) => {
  t.equal(new QueryParams('&'.repeat(100_000), { maxPairs: 0 }).size, 0)
})
