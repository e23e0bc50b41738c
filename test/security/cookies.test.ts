import { test } from 'tap'
import { PlainTextResponse, Request } from 'stelline'
import type { CookieAttributes } from 'stelline/http'
import { httpScope } from '../support/messages.ts'

/*
 * What has gone wrong with the cookies of other frameworks, each with the identifier of its advisory.
 */

const received = (cookie: string): ReadonlyMap<string, string> =>
  new Request(httpScope({ headers: [['cookie', cookie]] })).cookies

/** JS 45. Each would write another attribute or another field. */
const injections: readonly (readonly [advisory: string, name: string, attributes: CookieAttributes])[] = [
  ['CVE-2024-47764', 'a=b; Domain=evil.example', {}],
  ['CVE-2024-47764', 'a\r\nset-cookie: b', {}],
  ['CVE-2026-56762', '', {}],
  ['CVE-2026-56762', 'a b', {}],
  ['GHSA-5pq2-9x2x-5p6w', 'a', { domain: 'example.org; HttpOnly' }],
  ['GHSA-5pq2-9x2x-5p6w', 'a', { path: '/; Domain=evil.example' }],
  ['GHSA-5pq2-9x2x-5p6w', 'a', { path: '/\r\nx: y' }],
  ['CVE-2026-47675', 'a', { sameSite: 'lax; Secure' as never }],
  ['CVE-2026-47675', 'a', { priority: 'high; Secure' as never }],
  ['CVE-2026-47675', 'a', { maxAge: '1; Secure' as never }],
  ['CVE-2026-47675', 'a', { expires: new Date(NaN) }],
  ['CVE-2026-47675', 'a', { partitioned: 'x' as never }],
  ['CVE-2026-47675', 'a', { httpOnly: 'yes' as never }],
]

for (const [advisory, name, attributes] of injections) {
  test(`JS 45, ${advisory}: setCookie() refuses ${JSON.stringify([name, attributes])}`, async (t) => {
    const response = new PlainTextResponse('')
    t.throws(() => response.setCookie(name, 'v', attributes), { name: 'TypeError', message: /^Cannot set cookie / })
    t.equal(response.headers.has('set-cookie'), false)
  })
}

test('JS 45: the value of a cookie is any text and cannot end its field', async (t) => {
  const field = new PlainTextResponse('').setCookie('a', 'b; Domain=evil\r\nx: y').headers.get('set-cookie')
  t.equal(field, 'a=b%3B%20Domain%3Devil%0D%0Ax%3A%20y; Path=/; HttpOnly; SameSite=Lax')
})

test('JS 46: a no-break space before the name of a cookie is part of the name', async (t) => {
  const cookies = received('\u00a0__Host-sid=evil; __Host-sid=good')
  t.equal(cookies.get('__Host-sid'), 'good')
})

test('JS 47: a cookie named __proto__ is an ordinary one, and the first of a name wins', async (t) => {
  const cookies = received('__proto__=1; constructor=2; a=first; a=second')
  t.strictSame(
    [...cookies],
    [
      ['__proto__', '1'],
      ['constructor', '2'],
      ['a', 'first'],
    ],
  )
  t.equal(received('').get('toString'), undefined)
})

test('JS 38: names and values of cookies are data, however they look', async (t) => {
  const cookies = received('a"+process.exit()+"=1; ${1}=2')
  t.strictSame([...cookies.keys()], ['a"+process.exit()+"', '${1}'])
})
