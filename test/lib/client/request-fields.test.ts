import { test } from 'tap'
import { requestFields } from '../../../lib/client/request-fields.ts'
import type { CallFields, FieldsInit } from '../../../lib/client/request-fields.ts'

/** Fields of a client and of a call, and what is sent. */
const merged: readonly (readonly [what: string, FieldsInit, CallFields, Readonly<Record<string, string>>])[] = [
  ['fields of both', { 'x-a': '1' }, { headers: { xB: 2 } }, { 'x-a': '1', 'x-b': '2' }],
  ['a field of the call over that of the client', { 'x-a': '1' }, { headers: { 'X-A': 2 } }, { 'x-a': '2' }],
  ['a list', {}, { headers: { 'x-tags': ['a', 'b c', 3] } }, { 'x-tags': 'a, b c, 3' }],
  ['quoted strings', {}, { headers: { 'if-match': ['"a, b"', 'W/"c\\""'] } }, { 'if-match': '"a, b", W/"c\\""' }],
  ['a set', {}, { headers: { 'x-tags': new Set([1, 2]) } }, { 'x-tags': '1, 2' }],
  [
    'text with a comma that is no list',
    {},
    { headers: { 'if-none-match': '"a", "b"' } },
    { 'if-none-match': '"a", "b"' },
  ],
  ['cookies', {}, { cookies: { a: 'x y', n: 1 } }, { cookie: 'a=x%20y; n=1' }],
  [
    'cookies of both, by name',
    { cookie: 'session=s1; theme=light;flag;' },
    { cookies: { theme: 'dark', more: 'm' } },
    { cookie: 'session=s1; flag=; theme=dark; more=m' },
  ],
  ['a list of one cookie', {}, { cookies: { a: ['x'] } }, { cookie: 'a=x' }],
]

for (const [what, base, call, expected] of merged) {
  test(`requestFields: ${what}`, async (t) => {
    t.strictSame(Object.fromEntries(requestFields(base, call)), expected)
  })
}

/** Items that would not arrive as they are in a list; RFC 9110, 5.6.1 and 5.6.4. */
for (const item of ['a,b', '"a', 'a"b', '', ' a', 'a ', '\ta']) {
  test(`requestFields: refuses the item ${JSON.stringify(item)} of a list in a field`, async (t) => {
    t.throws(() => requestFields({}, { headers: { 'x-tags': ['ok', item] } }), {
      name: 'TypeError',
      message: /^Cannot send "x-tags" of the headers as a list: it holds .*, expected items without commas/,
    })
  })
}

test('requestFields: refuses several values for one cookie', async (t) => {
  t.throws(() => requestFields({}, { cookies: { ids: ['1', '2'] } }), {
    name: 'TypeError',
    message: 'Cannot send "ids" of the cookies: it has 2 values, expected one, since servers read one cookie of a name',
  })
})
