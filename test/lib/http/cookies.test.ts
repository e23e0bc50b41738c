import { test } from 'tap'
import { parseCookies, serializeCookie } from '../../../lib/http/cookies.ts'
import type { CookieAttributes } from '../../../lib/http/cookies.ts'

/** RFC 6265 §5.4 is what browsers send; what else arrives must still be read in one way. */
const headers: readonly (readonly [header: string, cookies: readonly (readonly [string, string])[]])[] = [
  ['', []],
  ['a=1', [['a', '1']]],
  [
    'a=1; b=2',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  [
    'a=1;b=2',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  [
    ' \ta \t=\t 1 ; b=2',
    [
      ['a', '1'],
      ['b', '2'],
    ],
  ],
  ['a=b=c', [['a', 'b=c']]],
  ['a=', [['a', '']]],
  ['a', [['', 'a']]],
  ['=a', [['', 'a']]],
  ['=', []],
  [';;; a=1;;', [['a', '1']]],
  ['a="1 2"', [['a', '1 2']]],
  ['a=""', [['a', '']]],
  ['a="', [['a', '"']]],
  ['a="1', [['a', '"1']]],
  // A semicolon ends an item, also between quotes.
  [
    'a="1;2"',
    [
      ['a', '"1'],
      ['', '2"'],
    ],
  ],
  ['a=%20%C3%A9', [['a', ' é']]],
  ['a=%ZZ', [['a', '%ZZ']]],
  ['a=%FF', [['a', '%FF']]],
  ['a%20b=1', [['a%20b', '1']]],
  ['a,b=1,2', [['a,b', '1,2']]],
  ['a={"b": 1}', [['a', '{"b": 1}']]],
]

for (const [header, cookies] of headers) {
  test(`parseCookies: ${JSON.stringify(header)} is read`, async (t) => {
    t.strictSame([...parseCookies(header)], cookies)
  })
}

test('parseCookies: of several cookies with one name the first wins', async (t) => {
  t.equal(parseCookies('sid=specific; sid=general').get('sid'), 'specific')
})

test('parseCookies: a name that begins with U+00A0 does not shadow the name without it', async (t) => {
  const cookies = parseCookies('\u00a0__Host-sid=evil; __Host-sid=good')
  t.equal(cookies.get('__Host-sid'), 'good')
  t.equal(cookies.get('\u00a0__Host-sid'), 'evil')
})

test('parseCookies: __proto__ and constructor are ordinary names', async (t) => {
  const cookies = parseCookies('__proto__=1; constructor=2')
  t.strictSame(
    [...cookies],
    [
      ['__proto__', '1'],
      ['constructor', '2'],
    ],
  )
  t.equal(parseCookies('').get('constructor'), undefined)
})

/** RFC 6265 §4.1. */
const serialized: readonly (readonly [value: string, attributes: CookieAttributes | undefined, text: string])[] = [
  ['1', undefined, 'a=1'],
  ['', {}, 'a='],
  ['x y;é', {}, 'a=x%20y%3B%C3%A9'],
  ['1', { maxAge: 60 }, 'a=1; Max-Age=60'],
  ['1', { maxAge: 0 }, 'a=1; Max-Age=0'],
  ['1', { expires: new Date(0) }, 'a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT'],
  ['1', { domain: 'example.org' }, 'a=1; Domain=example.org'],
  ['1', { path: '/x' }, 'a=1; Path=/x'],
  ['1', { path: null, sameSite: null }, 'a=1'],
  ['1', { httpOnly: true, secure: true }, 'a=1; HttpOnly; Secure'],
  ['1', { sameSite: 'lax' }, 'a=1; SameSite=Lax'],
  ['1', { sameSite: 'strict' }, 'a=1; SameSite=Strict'],
  ['1', { sameSite: 'none', secure: true }, 'a=1; Secure; SameSite=None'],
  ['1', { partitioned: true, secure: true }, 'a=1; Secure; Partitioned'],
]

for (const [value, attributes, text] of serialized) {
  test(`serializeCookie: writes "${text}"`, async (t) => {
    t.equal(serializeCookie('a', value, attributes), text)
  })
}

test('serializeCookie: a value survives the round trip', async (t) => {
  const value = ' "a"; b=ü, \\ \r\n%41 😀 '
  t.equal(parseCookies(serializeCookie('a', value)).get('a'), value)
})

/** Names and attributes that would write other attributes or fields, or that browsers throw away. */
const refused: readonly (readonly [what: string, name: string, value: unknown, attributes: object])[] = [
  ['a line break in the name', 'a\r\nb', '1', {}],
  ['a semicolon in the name', 'a; HttpOnly', '1', {}],
  ['an equals sign in the name', 'a=b', '1', {}],
  ['an empty name', '', '1', {}],
  ['a value that is no string', 'a', 5, {}],
  ['a lone surrogate in the value', 'a', '\ud800', {}],
  ['a semicolon in the path', 'a', '1', { path: '/; Domain=evil.example' }],
  ['a line break in the path', 'a', '1', { path: '/\r\nset-cookie: b=1' }],
  ['a semicolon in the domain', 'a', '1', { domain: 'example.org; Path=/' }],
  ['a line break in the domain', 'a', '1', { domain: 'a\nb' }],
  ['an unknown sameSite', 'a', '1', { sameSite: 'lax; Domain=evil.example' }],
  ['an unknown priority', 'a', '1', { priority: 'high\r\nx: y' }],
  ['a fraction as maxAge', 'a', '1', { maxAge: 1.5 }],
  ['NaN as maxAge', 'a', '1', { maxAge: NaN }],
  ['an invalid date', 'a', '1', { expires: new Date(NaN) }],
  ['sameSite "none" without secure', 'a', '1', { sameSite: 'none' }],
  ['partitioned without secure', 'a', '1', { partitioned: true }],
  ['__Secure- without secure', '__Secure-a', '1', {}],
  ['__Host- without secure', '__Host-a', '1', { path: '/' }],
  ['__Host- with a path of its own', '__Host-a', '1', { secure: true, path: '/x' }],
  ['__Host- without a path', '__Host-a', '1', { secure: true }],
  ['__HOST- with a domain', '__HOST-a', '1', { secure: true, path: '/', domain: 'example.org' }],
]

for (const [what, name, value, attributes] of refused) {
  test(`serializeCookie: ${what} is refused`, async (t) => {
    t.throws(() => serializeCookie(name, value as string, attributes), {
      name: 'TypeError',
      message: /^Cannot set cookie /,
    })
  })
}

test('serializeCookie: a well-formed name with a prefix is written', async (t) => {
  t.equal(serializeCookie('__Host-a', '1', { secure: true, path: '/' }), '__Host-a=1; Path=/; Secure')
  t.equal(serializeCookie('__Secure-a', '1', { secure: true }), '__Secure-a=1; Secure')
})
