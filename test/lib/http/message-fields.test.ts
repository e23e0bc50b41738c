import { test } from 'tap'
import { Headers } from '../../../lib/http/headers.ts'
import {
  fieldValue,
  startWith,
  withDefaultFields,
  withFields,
  withMoreFields,
  withVary,
} from '../../../lib/http/message-fields.ts'

const fields = Headers.fromFlat(['x-a', '1', 'x-b', '2', 'x-a', '3'])

test('withFields: adds fields after those of the message', async (t) => {
  t.strictSame(withFields(fields, ['x-c', '4']).flat, ['x-a', '1', 'x-b', '2', 'x-a', '3', 'x-c', '4'])
})

test('withFields: replaces every field of a name', async (t) => {
  t.strictSame(withFields(fields, ['x-a', '4', 'x-c', '5']).flat, ['x-b', '2', 'x-a', '4', 'x-c', '5'])
})

test('withFields: returns the fields as they are when there is nothing to add', async (t) => {
  t.equal(withFields(fields, []), fields)
})

test('withFields: takes pairs of any kind, and none', async (t) => {
  t.strictSame(withFields([['X-A', '1']], []).flat, ['x-a', '1'])
  t.strictSame(withFields(new Map([['x-a', '1']]), ['x-b', '2']).flat, ['x-a', '1', 'x-b', '2'])
  t.strictSame(withFields(null, ['x-b', '2']).flat, ['x-b', '2'])
  t.strictSame(withFields(undefined, ['x-b', '2']).flat, ['x-b', '2'])
})

test('withFields: refuses what could not be sent', async (t) => {
  t.throws(() => withFields([['x-a', 'a\r\nb']], []), { code: 'STELLINE_PROTOCOL_VIOLATION' })
})

test('withFields: leaves what it was given as it is', async (t) => {
  withFields(fields, ['x-a', '4'])
  t.strictSame(fields.flat, ['x-a', '1', 'x-b', '2', 'x-a', '3'])
})

test('withMoreFields: adds fields beside those of the same names', async (t) => {
  t.strictSame(withMoreFields(fields, ['x-b', '4', 'x-c', '5']).flat, [...fields.flat, 'x-b', '4', 'x-c', '5'])
  t.strictSame(withMoreFields(null, []).flat, [])
})

test('withDefaultFields: adds the fields that the message does not have', async (t) => {
  const added = withDefaultFields(fields, ['x-a', '4', 'x-c', '5'])
  t.strictSame(added.flat, ['x-a', '1', 'x-b', '2', 'x-a', '3', 'x-c', '5'])
  t.strictSame(withDefaultFields(fields, ['x-c', '5']).flat.slice(-2), ['x-c', '5'])
})

for (const [present, expected] of [
  [[], 'Origin'],
  [['vary', 'Accept'], 'Accept, Origin'],
  [['vary', 'Accept', 'vary', 'Cookie'], 'Accept, Cookie, Origin'],
  [['vary', 'origin'], 'origin'],
  [['vary', '*'], '*'],
] as const) {
  test(`withVary: makes ${JSON.stringify(present)} ${expected}`, async (t) => {
    t.strictSame(withVary(Headers.fromFlat(present), 'Origin').flat, ['vary', expected])
  })
}

test('fieldValue: joins the values of a field', async (t) => {
  t.equal(fieldValue(fields, 'x-a'), '1, 3')
  t.equal(fieldValue([...fields], 'x-a'), '1, 3')
  t.equal(fieldValue([['x-a', '1']], 'x-a'), '1')
  t.equal(fieldValue([], 'x-a'), null)
})

test('startWith: keeps the status and the announcement of trailers', async (t) => {
  const start = { type: 'http.response.start', status: 201, trailers: true } as const
  t.match(startWith(start, fields), { type: 'http.response.start', status: 201, trailers: true, headers: fields })
  t.equal(startWith({ type: 'http.response.start', status: 201 }, fields).trailers, null)
})
