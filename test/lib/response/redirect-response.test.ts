import { test } from 'tap'
import { RedirectResponse } from '../../../lib/response/redirect-response.ts'
import type { RedirectOptions } from '../../../lib/response/redirect-response.ts'

/** RFC 9110 §10.2.2 takes a URI reference; RFC 3986 says what one may hold. */
const targets: readonly (readonly [target: string | URL, location: string])[] = [
  ['/', '/'],
  ['/a/b?c=d#e', '/a/b?c=d#e'],
  ['a/b', 'a/b'],
  ['?page=2', '?page=2'],
  ['', ''],
  ['/a b/é', '/a%20b/%C3%A9'],
  ['/a%20b/%zz', '/a%20b/%zz'],
  ["/:/?#[]@!$&'()*+,;=-._~%", "/:/?#[]@!$&'()*+,;=-._~%"],
  ['/"<>\\^`{|}', '/%22%3C%3E%5C%5E%60%7B%7C%7D'],
  [' //evil.example', '%20//evil.example'],
  ['https://example.org/a b', 'https://example.org/a%20b'],
  [new URL('https://example.org/a b'), 'https://example.org/a%20b'],
]

for (const [target, location] of targets) {
  test(`RedirectResponse: ${JSON.stringify(target)} goes out as "${location}"`, async (t) => {
    t.equal(new RedirectResponse(target).headers.get('location'), location)
  })
}

/** What browsers read as another host, or as another field. */
const refused: readonly unknown[] = [
  '//evil.example',
  '///evil.example',
  '//',
  '\\evil.example',
  '\\\\evil.example',
  '\\/evil.example',
  '/\\evil.example',
  '/\\/evil.example',
  '/\t/evil.example',
  '\t//evil.example',
  '/a\r\nset-cookie: b=1',
  '/a\0',
  '/a\x7f',
  5,
  null,
]

for (const target of refused) {
  test(`RedirectResponse: ${JSON.stringify(target)} is refused`, async (t) => {
    t.throws(() => new RedirectResponse(target as string), { name: 'TypeError', message: /^Cannot redirect to / })
  })
}

test('RedirectResponse: allowOtherAuthority allows "//host", and nothing else', async (t) => {
  const options: RedirectOptions = { allowOtherAuthority: true }
  t.equal(new RedirectResponse('//cdn.example/x', options).headers.get('location'), '//cdn.example/x')
  for (const target of ['/\\evil.example', '\\evil.example', '//evil\n']) {
    t.throws(() => new RedirectResponse(target, options), TypeError, target)
  }
})

test('RedirectResponse: keeps the method by default', async (t) => {
  t.equal(new RedirectResponse('/').status, 307)
})

test('RedirectResponse: takes a status of redirection only', async (t) => {
  for (const status of [301, 302, 303, 307, 308]) t.equal(new RedirectResponse('/', { status }).status, status)
  for (const status of [200, 300, 304, 399, 404]) t.throws(() => new RedirectResponse('/', { status }), TypeError)
})

test('RedirectResponse: has no body that could carry markup', async (t) => {
  const response = new RedirectResponse('/<script>', { headers: { a: '1' } })
  t.equal(response.body, null)
  t.strictSame(response.headers.flat, ['a', '1', 'content-length', '0', 'location', '/%3Cscript%3E'])
})

test('RedirectResponse: the target wins over a location among the headers', async (t) => {
  t.strictSame(new RedirectResponse('/a', { headers: { Location: '//evil.example' } }).headers.getAll('location'), [
    '/a',
  ])
})
