import { test } from 'tap'
import { Headers, MutableHeaders } from '../../../lib/http/headers.ts'
import type { HeadersInit } from '../../../lib/http/headers.ts'

const raw = ['Host', 'example.org', 'Set-Cookie', 'a=1', 'X-Empty', '', 'set-cookie', 'b=2', 'SET-COOKIE', 'c=3']
const lowered = ['host', 'example.org', 'set-cookie', 'a=1', 'x-empty', '', 'set-cookie', 'b=2', 'set-cookie', 'c=3']

/** Every way to make the same fields, since all of them must answer alike. */
const sources: readonly (readonly [name: string, make: () => Headers])[] = [
  ['fromRaw()', () => Headers.fromRaw(raw)],
  [
    'fromRaw() after flat was read',
    () => {
      const headers = Headers.fromRaw(raw)
      return headers.flat.length > 0 ? headers : new Headers()
    },
  ],
  ['fromFlat()', () => Headers.fromFlat(lowered)],
  ['pairs', () => new Headers(pairsOf(raw))],
  ['a generator of pairs', () => new Headers(pairsOf(raw).values())],
  ['Headers', () => new Headers(Headers.fromRaw(raw))],
  ['MutableHeaders', () => new MutableHeaders(pairsOf(raw))],
]

for (const [name, make] of sources) {
  test(`Headers of ${name}: get() joins the values of a repeated name`, async (t) => {
    t.equal(make().get('Set-Cookie'), 'a=1, b=2, c=3')
  })

  test(`Headers of ${name}: get() of an absent name is null, of an empty value is empty`, async (t) => {
    const headers = make()
    t.equal(headers.get('x-none'), null)
    t.equal(headers.get('x-empty'), '')
  })

  test(`Headers of ${name}: names match in any case`, async (t) => {
    const headers = make()
    for (const spelling of ['host', 'Host', 'HOST']) t.equal(headers.get(spelling), 'example.org', spelling)
  })

  test(`Headers of ${name}: getAll() and has() see every field`, async (t) => {
    const headers = make()
    t.strictSame(headers.getAll('set-cookie'), ['a=1', 'b=2', 'c=3'])
    t.strictSame(headers.getAll('x-none'), [])
    t.equal(headers.has('HOST'), true)
    t.equal(headers.has('x-none'), false)
  })

  test(`Headers of ${name}: iterating gives pairs in wire order, any number of times`, async (t) => {
    const headers = make()
    t.strictSame([...headers], pairsOf(lowered))
    t.strictSame([...headers], pairsOf(lowered))
    t.strictSame([...headers.entries()], pairsOf(lowered))
  })

  test(`Headers of ${name}: keys(), values(), size and flat keep duplicates`, async (t) => {
    const headers = make()
    t.strictSame([...headers.values()], ['example.org', 'a=1', '', 'b=2', 'c=3'])
    t.strictSame([...headers.keys()], ['host', 'set-cookie', 'x-empty', 'set-cookie', 'set-cookie'])
    t.equal(headers.size, 5)
    t.strictSame(headers.flat, lowered)
  })
}

test('Headers: fromRaw() leaves the list as it was received', async (t) => {
  const list = [...raw]
  t.strictSame(Headers.fromRaw(list).flat, lowered)
  t.strictSame(list, raw)
})

test('Headers: fromRaw() puts names in lower case even where they are no tokens', async (t) => {
  t.strictSame(Headers.fromRaw(['A B', '1']).flat, ['a b', '1'])
})

test('Headers: a record gives one field per value', async (t) => {
  const headers = new Headers({ 'Content-Type': 'text/plain', 'Set-Cookie': ['a=1', 'b=2'], 'X-None': [] })
  t.strictSame(headers.flat, ['content-type', 'text/plain', 'set-cookie', 'a=1', 'set-cookie', 'b=2'])
})

test('Headers: nothing makes an empty list', async (t) => {
  t.strictSame(new Headers().flat, [])
  t.equal(new Headers().size, 0)
})

test('Headers: names of Object.prototype are ordinary names', async (t) => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
  const none = new Headers()
  const all = new Headers(names.map((name) => [name, `value of ${name}`] as const))
  for (const name of names) {
    t.equal(none.get(name), null, name)
    t.equal(none.has(name), false, name)
    t.equal(all.get(name), `value of ${name}`, name)
  }
})

test('Headers: a name that no field can have is absent', async (t) => {
  // The Kelvin sign lower-cases to "k".
  const headers = new Headers({ k: '1' })
  for (const name of ['', ' k', 'k:', '\u212a']) t.equal(headers.get(name), null, JSON.stringify(name))
  for (const name of [undefined, null, 1]) t.equal(headers.get(name as unknown as string), null, String(name))
})

test('Headers: from() returns a Headers as it is and checks other pairs', async (t) => {
  const headers = new Headers({ a: '1' })
  t.equal(Headers.from(headers), headers)
  t.strictSame(Headers.from([['A', '1']]).flat, ['a', '1'])
  t.throws(() => Headers.from([['a', 'x\r\ny']]), TypeError)
})

/** RFC 9110 §5.1, §5.5 and §5.6.2. */
const refused: readonly (readonly [what: string, init: unknown, message: string])[] = [
  ['a line break in a name', [['x\r\ny', '1']], 'Cannot set header "x\\r\\ny": the name is not a token'],
  ['a colon in a name', [['x:', '1']], 'Cannot set header "x:": the name is not a token'],
  ['a space in a name', [['x y', '1']], 'Cannot set header "x y": the name is not a token'],
  ['an empty name', [['', '1']], 'Cannot set header "": the name is not a token'],
  ['a letter outside ASCII in a name', { 'x-ä': '1' }, 'Cannot set header "x-ä": the name is not a token'],
  ['a name that is no string', [[1, '1']], 'Cannot set header 1: the name is not a token'],
  ['CR LF in a value', { a: 'x\r\nset-cookie: b=1' }, badValue('"x\\r\\nset-cookie: b=1"')],
  ['CR in a value', { a: 'x\ry' }, badValue('"x\\ry"')],
  ['LF in a value', [['a', 'x\ny']], badValue('"x\\ny"')],
  ['NUL in a value', { a: 'x\0y' }, badValue('"x\\u0000y"')],
  ['DEL in a value', { a: 'x\x7fy' }, badValue('"x\\u007fy"')],
  ['a character above 0xFF in a value', { a: '€' }, badValue('"€"')],
  ['a bad value among others', { a: ['x', 'x\ny'] }, badValue('"x\\ny"')],
  ['a number as value', { a: 5 }, badValue('5')],
  ['a number as value of a pair', [['a', 5]], badValue('5')],
  ['a single item', [['a']], 'Cannot make headers: an item is ["a"], expected a pair [name, value]'],
  ['a string', 'a: b', 'Cannot make headers of "a: b": expected pairs [name, value] or an object'],
  ['null', null, 'Cannot make headers of null: expected pairs [name, value] or an object'],
]

for (const [what, init, message] of refused) {
  test(`Headers: ${what} is refused`, async (t) => {
    t.throws(() => new Headers(init as HeadersInit), new TypeError(message))
    t.throws(() => new MutableHeaders(init as HeadersInit), new TypeError(message))
  })
}

test('Headers: tabs, spaces and bytes above 0x7F may stand in a value', async (t) => {
  t.equal(new Headers({ a: 'x\ty z\xff' }).get('a'), 'x\ty z\xff')
})

test('MutableHeaders: set() keeps the first position and drops duplicates', async (t) => {
  const headers = new MutableHeaders(pairsOf(raw))
  headers.set('Set-Cookie', 'd=4')
  t.strictSame(headers.flat, ['host', 'example.org', 'set-cookie', 'd=4', 'x-empty', ''])
})

test('MutableHeaders: set() appends an absent name', async (t) => {
  const headers = new MutableHeaders({ a: '1' })
  headers.set('B', '2')
  t.strictSame(headers.flat, ['a', '1', 'b', '2'])
})

test('MutableHeaders: append() keeps fields of the same name', async (t) => {
  const headers = new MutableHeaders({ a: '1', b: '2' })
  headers.append('A', '3')
  t.strictSame(headers.flat, ['a', '1', 'b', '2', 'a', '3'])
})

test('MutableHeaders: delete() removes every field of a name', async (t) => {
  const headers = new MutableHeaders(pairsOf(raw))
  headers.delete('SET-COOKIE')
  headers.delete('x-none')
  t.strictSame(headers.flat, ['host', 'example.org', 'x-empty', ''])
})

test('MutableHeaders: setDefault() leaves a present name alone', async (t) => {
  const headers = new MutableHeaders({ a: '1' })
  headers.setDefault('A', '2')
  headers.setDefault('b', '3')
  t.strictSame(headers.flat, ['a', '1', 'b', '3'])
})

test('MutableHeaders: what is changed is checked, and a refused change changes nothing', async (t) => {
  const headers = new MutableHeaders({ a: '1' })
  t.throws(() => headers.set('a', 'x\r\ny'), TypeError)
  t.throws(() => headers.append('b\n', '1'), TypeError)
  t.throws(() => headers.setDefault('b', '\0'), TypeError)
  t.throws(() => headers.delete('b c'), TypeError)
  t.throws(() => headers.addVary('b, c'), TypeError)
  t.strictSame(headers.flat, ['a', '1'])
})

test('MutableHeaders: a copy does not share its list, in either direction', async (t) => {
  const first = new MutableHeaders({ a: '1' })
  const copy = MutableHeaders.from(first)
  const frozen = new Headers(first)
  first.set('a', '2')
  copy.append('b', '3')
  t.strictSame(
    [first.flat, copy.flat, frozen.flat],
    [
      ['a', '2'],
      ['a', '1', 'b', '3'],
      ['a', '1'],
    ],
  )
})

test('MutableHeaders: __proto__ is an ordinary name', async (t) => {
  const headers = new MutableHeaders()
  headers.set('__proto__', '1')
  headers.append('__proto__', '2')
  t.equal(headers.get('__proto__'), '1, 2')
  headers.delete('__proto__')
  t.equal(headers.size, 0)
})

test('MutableHeaders: update() replaces the names that it is given and adds the others', async (t) => {
  const headers = new MutableHeaders({ a: '1', b: ['2', '3'], c: '4' })
  headers.update({ B: '5', d: ['6', '7'] })
  t.strictSame(headers.flat, ['a', '1', 'c', '4', 'b', '5', 'd', '6', 'd', '7'])
})

test('MutableHeaders: update() that is refused changes nothing', async (t) => {
  const headers = new MutableHeaders({ a: '1' })
  t.throws(() => headers.update({ a: '2', b: 'x\r\ny' }), TypeError)
  t.strictSame(headers.flat, ['a', '1'])
})

test('MutableHeaders: update() with itself changes nothing', async (t) => {
  const headers = new MutableHeaders({ a: '1', b: '2' })
  headers.update(headers)
  t.strictSame(headers.flat, ['a', '1', 'b', '2'])
})

/** RFC 9110 §5.3: only the order of fields with one name means something. */
const comparisons: readonly (readonly [what: string, one: HeadersInit, other: HeadersInit, equal: boolean])[] = [
  ['nothing', {}, {}, true],
  ['the same fields', { a: '1', b: '2' }, { a: '1', b: '2' }, true],
  ['names in another order and case', { a: '1', b: '2' }, { B: '2', A: '1' }, true],
  ['another value', { a: '1' }, { a: '2' }, false],
  ['a field more', { a: '1' }, { a: '1', b: '2' }, false],
  ['another name', { a: '1' }, { b: '1' }, false],
  ['repeated fields', { a: ['1', '2'] }, { a: ['1', '2'] }, true],
  ['repeated fields in another order, which Starlette takes for equal', { a: ['1', '2'] }, { a: ['2', '1'] }, false],
  ['repeated fields against a joined one', { a: ['1', '2'] }, { a: '1, 2' }, false],
]

for (const [what, one, other, equal] of comparisons) {
  test(`Headers: equals() of ${what} is ${equal}`, async (t) => {
    t.equal(new Headers(one).equals(new Headers(other)), equal)
    t.equal(new MutableHeaders(other).equals(new Headers(one)), equal)
  })
}

/** RFC 9110 §12.5.5: a list of names, or "*". */
const varies: readonly (readonly [before: string | null, added: string, after: string])[] = [
  [null, 'Origin', 'Origin'],
  ['', 'Origin', 'Origin'],
  ['Accept', 'Origin', 'Accept, Origin'],
  ['Accept, Origin', 'origin', 'Accept, Origin'],
  ['accept , ORIGIN', 'Origin', 'accept , ORIGIN'],
  ['*', 'Origin', '*'],
  ['Accept', '*', '*'],
  [null, '*', '*'],
]

for (const [before, added, after] of varies) {
  test(`MutableHeaders: addVary("${added}") after ${JSON.stringify(before)} gives "${after}"`, async (t) => {
    const headers = new MutableHeaders(before === null ? undefined : { vary: before })
    headers.addVary(added)
    t.equal(headers.get('vary'), after)
  })
}

test('MutableHeaders: addVary() takes several names, or none', async (t) => {
  const headers = new MutableHeaders()
  headers.addVary()
  t.equal(headers.has('vary'), false)
  headers.addVary('Origin', 'Accept')
  t.equal(headers.get('vary'), 'Origin, Accept')
})

function pairsOf(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = []
  for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i]!, flat[i + 1]!])
  return pairs
}

function badValue(shown: string): string {
  return `Cannot set header "a": the value is ${shown}, expected a string of bytes without CR, LF, NUL or other control characters`
}
