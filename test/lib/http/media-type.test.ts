import { test } from 'tap'
import { isJSONType, parseMediaType } from '../../../lib/http/media-type.ts'

/** RFC 9110 §8.3.1 (media type), §5.6.2 (token), §5.6.4 (quoted-string), §5.6.6 (parameters). */
const valid: readonly (readonly [value: string, essence: string, parameters: Record<string, string>])[] = [
  ['text/html', 'text/html', {}],
  ['Text/HTML', 'text/html', {}],
  [' text/html\t', 'text/html', {}],
  ['text/html;charset=utf-8', 'text/html', { charset: 'utf-8' }],
  ['text/html; Charset=UTF-8', 'text/html', { charset: 'UTF-8' }],
  ['text/html \t;\t charset=utf-8 ', 'text/html', { charset: 'utf-8' }],
  ['text/html;', 'text/html', {}],
  ['text/html; ; charset=utf-8;', 'text/html', { charset: 'utf-8' }],
  ['text/html; charset="utf-8"', 'text/html', { charset: 'utf-8' }],
  ['a/b; c="x; d=\\"y\\" \\\\"; e=f', 'a/b', { c: 'x; d="y" \\', e: 'f' }],
  ['a/b; c=""', 'a/b', { c: '' }],
  ['a/b; c=1; C=2', 'a/b', { c: '1' }],
  ['a/b; c="\xe9\t"', 'a/b', { c: '\xe9\t' }],
  ['multipart/form-data; boundary=----x1', 'multipart/form-data', { boundary: '----x1' }],
  // RFC 2046 §5.1.1 has these in boundaries, and many clients send them without the quotes that they need.
  [
    "multipart/form-data; Boundary=--=_'a'(b)+c-./:?; q=1",
    'multipart/form-data',
    { boundary: "--=_'a'(b)+c-./:?", q: '1' },
  ],
  ['application/vnd.api+json', 'application/vnd.api+json', {}],
  ['a/b; __proto__=x; constructor=y', 'a/b', { ['__proto__']: 'x', constructor: 'y' }],
]

for (const [value, essence, parameters] of valid) {
  test(`parseMediaType: ${JSON.stringify(value)} is read`, async (t) => {
    const parsed = parseMediaType(value)
    t.equal(parsed?.essence, essence)
    t.equal(`${parsed?.type}/${parsed?.subtype}`, essence)
    t.strictSame([...parsed!.parameters], Object.entries(parameters))
  })
}

const invalid: readonly string[] = [
  '',
  ' ',
  'text',
  'text/',
  '/html',
  'text/html/x',
  'te xt/html',
  'text /html',
  'text/ html',
  'text/html charset=utf-8',
  'text/html, text/plain',
  'text/html; charset',
  'text/html; charset=',
  'text/html; =utf-8',
  'text/html; charset = utf-8',
  'text/html; charset=a b',
  'text/html; charset=a=b',
  'multipart/form-data; boundary=a b',
  'multipart/form-data; boundary=a"b',
  'multipart/form-data; boundary=a\\b',
  'multipart/form-data; boundary=a,b',
  'multipart/form-data; boundary=',
  'text/html; charset="utf-8',
  'text/html; charset="utf-8"x',
  'text/html; charset="a\nb"',
  'text/html; charset="a\\"',
  'text/html\n',
  'tëxt/html',
  'application/json@evil',
  '\u00a0text/html',
]

for (const value of invalid) {
  test(`parseMediaType: ${JSON.stringify(value)} is malformed`, async (t) => {
    t.equal(parseMediaType(value), null)
  })
}

test('parseMediaType: a long hostile value takes linear time', async (t) => {
  const hostile = [`a/b${'; '.repeat(50_000)}x`, `a/b; c="${'\\a'.repeat(50_000)}`, `a/b${' '.repeat(100_000)}x`]
  for (const value of hostile) t.equal(parseMediaType(value), null)
})

test('isJSONType: application/json and the suffix +json', async (t) => {
  const answers = ['application/json', 'application/problem+json', 'text/json', 'application/jsonp', 'text/plain'].map(
    (value) => isJSONType(parseMediaType(value)!),
  )
  t.strictSame(answers, [true, true, false, false, false])
})
