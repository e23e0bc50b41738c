import { test } from 'tap'
import { parseCookies, serializeCookie } from '../../../lib/http/cookies.ts'
import type { CookieAttributes } from '../../../lib/http/cookies.ts'
import { show } from '../../../lib/spec/violations.ts'

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
  ['1', { priority: 'high' }, 'a=1; Priority=High'],
  ['1', { priority: null, partitioned: false }, 'a=1'],
  ['1', { domain: '.example.org' }, 'a=1; Domain=.example.org'],
  ['1', { maxAge: -1 }, 'a=1; Max-Age=-1'],
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

const notToken = "the name is not a token, expected letters, digits and some of !#$%&'*+-.^_`|~"
const notPath = 'expected a path that begins with "/", in ASCII and without ";"'
const notDomain = 'expected the name of a host, such as "example.org"'
const hostPrefix = 'the prefix "__Host-" needs path "/" and no domain'
const longLabel = 'a'.repeat(64)

/** Names and attributes that would write other attributes or fields, or that browsers throw away. */
const refused: readonly (readonly [what: string, name: unknown, value: unknown, attributes: object, why: string])[] = [
  ['a line break in the name', 'a\r\nb', '1', {}, notToken],
  ['a semicolon in the name', 'a; HttpOnly', '1', {}, notToken],
  ['an equals sign in the name', 'a=b', '1', {}, notToken],
  ['a space in the name', 'a b', '1', {}, notToken],
  ['a letter beyond ASCII in the name', 'ä', '1', {}, notToken],
  ['an empty name', '', '1', {}, notToken],
  ['a name that is no string', 5, '1', {}, notToken],
  ['a value that is no string', 'a', 5, {}, 'the value is 5, expected a string'],
  ['a lone surrogate in the value', 'a', '\ud800', {}, 'the value is "\\ud800", expected well-formed Unicode'],
  ['a semicolon in the path', 'a', '1', { path: '/; a' }, `path is "/; a", ${notPath}`],
  ['a line break in the path', 'a', '1', { path: '/\r\nb' }, `path is "/\\r\\nb", ${notPath}`],
  ['a letter beyond ASCII in the path', 'a', '1', { path: '/é' }, `path is "/é", ${notPath}`],
  ['a relative path', 'a', '1', { path: 'x' }, `path is "x", ${notPath}`],
  ['a path that is no string', 'a', '1', { path: 1 }, `path is 1, ${notPath}`],
  ['a semicolon in the domain', 'a', '1', { domain: 'a; Path=/' }, `domain is "a; Path=/", ${notDomain}`],
  ['a line break in the domain', 'a', '1', { domain: 'a\nb' }, `domain is "a\\nb", ${notDomain}`],
  ['an empty domain', 'a', '1', { domain: '' }, `domain is "", ${notDomain}`],
  ['a port in the domain', 'a', '1', { domain: 'a:80' }, `domain is "a:80", ${notDomain}`],
  ['a domain with a label that is too long', 'a', '1', { domain: longLabel }, `domain is "${longLabel}", ${notDomain}`],
  ['a domain that is no string', 'a', '1', { domain: null }, `domain is null, ${notDomain}`],
  ['an unknown sameSite', 'a', '1', { sameSite: 'x' }, 'sameSite is "x", expected "strict" or "lax" or "none"'],
  ['a capital in sameSite', 'a', '1', { sameSite: 'None' }, 'sameSite is "None", expected "strict" or "lax" or "none"'],
  ['an unknown priority', 'a', '1', { priority: 'x' }, 'priority is "x", expected "low" or "medium" or "high"'],
  ['a fraction as maxAge', 'a', '1', { maxAge: 1.5 }, 'maxAge is 1.5, expected a whole number of seconds'],
  ['NaN as maxAge', 'a', '1', { maxAge: NaN }, 'maxAge is NaN, expected a whole number of seconds'],
  ['a huge maxAge', 'a', '1', { maxAge: 1e21 }, 'maxAge is 1e+21, expected a whole number of seconds'],
  [
    'an invalid date',
    'a',
    '1',
    { expires: new Date(NaN) },
    'expires is an object of class Date, expected a valid Date',
  ],
  ['a date as text', 'a', '1', { expires: 'now' }, 'expires is "now", expected a valid Date'],
  ['a word as secure', 'a', '1', { secure: 'false' }, 'secure is "false", expected a boolean'],
  ['a number as httpOnly', 'a', '1', { httpOnly: 0 }, 'httpOnly is 0, expected a boolean'],
  ['sameSite "none" without secure', 'a', '1', { sameSite: 'none' }, 'sameSite "none" needs "secure"'],
  ['partitioned without secure', 'a', '1', { partitioned: true }, '"partitioned" needs "secure"'],
  ['__Secure- without secure', '__Secure-a', '1', {}, 'the prefix of its name needs "secure"'],
  ['__Host- without secure', '__Host-a', '1', { path: '/' }, 'the prefix of its name needs "secure"'],
  ['__Host- with a path of its own', '__Host-a', '1', { secure: true, path: '/x' }, hostPrefix],
  ['__Host- without a path', '__Host-a', '1', { secure: true }, hostPrefix],
  ['__HOST- with a domain', '__HOST-a', '1', { secure: true, path: '/', domain: 'example.org' }, hostPrefix],
]

for (const [what, name, value, attributes, why] of refused) {
  test(`serializeCookie: ${what} is refused`, async (t) => {
    t.throws(
      () => serializeCookie(name as string, value as string, attributes),
      new TypeError(`Cannot set cookie ${show(name)}: ${why}`),
    )
  })
}

test('serializeCookie: a well-formed name with a prefix is written', async (t) => {
  t.equal(serializeCookie('__Host-a', '1', { secure: true, path: '/' }), '__Host-a=1; Path=/; Secure')
  t.equal(serializeCookie('__Secure-a', '1', { secure: true }), '__Secure-a=1; Secure')
})
