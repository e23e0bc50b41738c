import { test } from 'tap'
import { defaultFormLimits } from '../../../../lib/request/form/form-limits.ts'
import type { FormLimits } from '../../../../lib/request/form/form-limits.ts'
import { parseUrlencoded } from '../../../../lib/request/form/urlencoded.ts'
import { refusal } from '../../../support/refusal.ts'

function parse(body: string | Uint8Array, limits: Partial<FormLimits> = {}): [string, string][] {
  return parseUrlencoded(typeof body === 'string' ? Buffer.from(body) : body, { ...defaultFormLimits, ...limits })
}

/** https://url.spec.whatwg.org/#urlencoded-parsing */
const bodies: readonly (readonly [body: string, pairs: readonly (readonly [string, string])[]])[] = [
  ['', []],
  ['a', [['a', '']]],
  ['a=', [['a', '']]],
  ['=a', [['', 'a']]],
  ['=', [['', '']]],
  [
    '&&a=1&&&b=2&',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  [
    'a=1&a=2&a',
    [
      ['a', '1'],
      ['a', '2'],
      ['a', ''],
    ],
  ],
  ['a=b=c', [['a', 'b=c']]],
  ['a;b=1;c', [['a;b', '1;c']]],
  ['?a=1', [['?a', '1']]],
  ['a+b=c+%2B', [['a b', 'c +']]],
  ['a%3Db=%26', [['a=b', '&']]],
  [
    '%=%zz&a%=%a',
    [
      ['%', '%zz'],
      ['a%', '%a'],
    ],
  ],
  ['%C3%A9=é', [['é', 'é']]],
  ['%C2=%ff', [['\ufffd', '\ufffd']]],
  ['\ufeffa=\ufeff', [['\ufeffa', '\ufeff']]],
  ['a=\0%00', [['a', '\0\0']]],
  [
    '__proto__=1&constructor.prototype.x=2',
    [
      ['__proto__', '1'],
      ['constructor.prototype.x', '2'],
    ],
  ],
  [
    'a[b]=1&a[]=2',
    [
      ['a[b]', '1'],
      ['a[]', '2'],
    ],
  ],
]

for (const [body, pairs] of bodies) {
  test(`parseUrlencoded: ${JSON.stringify(body)}`, async (t) => {
    t.strictSame(parse(body), pairs)
  })
}

test('parseUrlencoded: bytes that are not UTF-8 become U+FFFD', async (t) => {
  t.strictSame(parse(Buffer.from([0x61, 0x3d, 0xe9])), [['a', '\ufffd']])
})

test('parseUrlencoded: counts the fields before it decodes them; empty ones do not count', async (t) => {
  t.equal(parse('&&a&&b&&', { maxFields: 2 }).length, 2)
  t.throws(() => parse('a&b&c', { maxFields: 2 }), refusal(400, 'The form has more than 2 fields'))
})

test('parseUrlencoded: names and values have limits, in bytes once decoded', async (t) => {
  t.strictSame(parse('%61%61=%61', { maxNameBytes: 2, maxFieldBytes: 1 }), [['aa', 'a']])
  t.throws(() => parse('aé=', { maxNameBytes: 2 }), refusal(413, 'The name of a field is larger than 2 bytes'))
  t.throws(() => parse('a=é', { maxFieldBytes: 1 }), refusal(413, 'A field is larger than 1 bytes'))
})
