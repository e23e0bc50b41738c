import { test } from 'tap'
import { canonicalName, isByteString, isFieldValue } from '../../../lib/spec/field-syntax.ts'

/** RFC 9110 §5.1 and §5.6.2: a name is a token. */
const names: ReadonlyArray<readonly [name: string, canonical: string | null]> = [
  ['host', 'host'],
  ['Content-Type', 'content-type'],
  ["!#$%&'*+-.^_`|~09AZ", "!#$%&'*+-.^_`|~09az"],
  ['constructor', 'constructor'],
  ['__proto__', '__proto__'],
  ['', null],
  ['two words', null],
  ['tab\t', null],
  ['colon:', null],
  ['line\nbreak', null],
  ['end\n', null],
  ['naïve', null],
  ['(comment)', null],
  ['nul\0', null],
]

test('canonicalName: gives the lower case of a token, and null for anything else', async (t) => {
  for (const [name, canonical] of names) t.equal(canonicalName(name), canonical, JSON.stringify(name))
})

test('canonicalName: gives the same for a name that it has seen', async (t) => {
  t.equal(canonicalName('X-Seen-Twice'), canonicalName('X-Seen-Twice'))
})

test('canonicalName: knows names beyond those that it remembers', async (t) => {
  for (let i = 0; i < 2000; i++) canonicalName(`X-Field-${i}`)
  t.equal(canonicalName('X-Field-1999'), 'x-field-1999')
  t.equal(canonicalName('X'.repeat(100)), 'x'.repeat(100))
})

test('canonicalName: gives null for what is no string', async (t) => {
  for (const value of [undefined, null, 7, {}]) t.equal(canonicalName(value as string), null)
})

/** RFC 9110 §5.5: visible characters, SP, HTAB and obs-text. */
const values: ReadonlyArray<readonly [value: string, holds: boolean]> = [
  ['', true],
  ['text/html; charset="utf-8"', true],
  ['a\tb', true],
  ['\x80\xff', true],
  ['a\rb', false],
  ['a\nb', false],
  ['a\0b', false],
  ['a\x1bb', false],
  ['a\x7fb', false],
  ['a\u0100b', false],
]

test('isFieldValue: holds for what may go onto the wire', async (t) => {
  for (const [value, holds] of values) t.equal(isFieldValue(value), holds, JSON.stringify(value))
})

test('isFieldValue: does not hold for what is no string', async (t) => {
  t.notOk(isFieldValue(7 as unknown as string))
})

/** WebIDL: a ByteString has no code unit above 0xFF. */
test('isByteString: holds for code units up to 0xFF', async (t) => {
  for (const value of ['', '\0\x7f\xff', 'plain']) t.ok(isByteString(value), JSON.stringify(value))
  for (const value of ['\u0100', '😀', 7, null]) t.notOk(isByteString(value), JSON.stringify(value))
})
