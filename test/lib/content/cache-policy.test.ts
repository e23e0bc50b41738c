import { test } from 'tap'
import { cachePolicy } from '../../../lib/content/cache-policy.ts'
import type { CacheControl } from '../../../lib/content/cache-policy.ts'

/** Patterns, and the paths that they match or do not match. */
const patterns: readonly (readonly [pattern: string | RegExp, path: string, matches: boolean])[] = [
  ['*.html', 'index.html', true],
  ['*.html', 'docs/guide/index.html', true],
  ['*.html', 'index.htm', false],
  ['*.html', 'index.html.br', false],
  ['*.html', 'indexxhtml', false],
  ['index.html', 'docs/index.html', true],
  ['app.*.js', 'assets/app.5f3a.js', true],
  ['app.*.js', 'assets/app.js', false],
  ['*', 'a', true],
  ['*', 'a/b', true],
  ['**', 'a/b', true],
  ['assets/*', 'assets/a.js', true],
  ['assets/*', 'assets/a/b.js', false],
  ['assets/*', 'other/assets/a.js', false],
  ['assets/**', 'assets/a/b.js', true],
  ['assets/**', 'assets2/a.js', false],
  ['**/*.js', 'a.js', true],
  ['**/*.js', 'a/b/c.js', true],
  ['**/*.js', 'a/b/c.css', false],
  ['a/**/z', 'a/z', true],
  ['a/**/z', 'a/b/c/z', true],
  ['a/**/z', 'a/bz', false],
  ['a**/z', 'ab/z', true],
  ['a**/z', 'a/b/z', false],
  ['a.b', 'axb', false],
  ['a+(b)[c]{d}|^$\\', 'a+(b)[c]{d}|^$\\', true],
  ['a?', 'ab', false],
  ['a\nb*', 'a\nb\nc', true],
  [/^assets\//, 'assets/a', true],
  [/^assets\//, 'b/assets/a', false],
  [/\.js$/g, 'a.js', true],
]

for (const [pattern, path, matches] of patterns) {
  test(`cachePolicy: ${String(pattern)} ${matches ? 'matches' : 'does not match'} ${JSON.stringify(path)}`, async (t) => {
    const policy = cachePolicy([[pattern, 'no-cache']])
    t.equal(policy(path), matches ? 'no-cache' : null)
    t.equal(policy(path), matches ? 'no-cache' : null)
  })
}

test('cachePolicy: the first pattern that matches counts', async (t) => {
  const policy = cachePolicy([
    ['*.html', 'no-cache'],
    ['*', 'max-age=60'],
  ])
  t.equal(policy('a.html'), 'no-cache')
  t.equal(policy('a.js'), 'max-age=60')
})

test('cachePolicy: one value, a function, or none', async (t) => {
  t.equal(cachePolicy('no-store')('a'), 'no-store')
  t.equal(cachePolicy((path) => (path === 'a' ? 'no-store' : null))('a'), 'no-store')
  t.equal(cachePolicy(undefined)('a'), null)
})

const wrong: readonly (readonly [control: unknown, message: string])[] = [
  ['a\r\nb', 'Cannot set cacheControl "a\\r\\nb": expected a value for the "cache-control" field'],
  [[['*', 'a\nb']], 'Cannot set cacheControl "a\\nb": expected a value for the "cache-control" field'],
  [[['*', 7]], 'Cannot set cacheControl 7: expected a value for the "cache-control" field'],
  [[['', 'no-cache']], 'Cannot set cacheControl for "": expected a pattern or a regular expression'],
  [[[7, 'no-cache']], 'Cannot set cacheControl for 7: expected a pattern or a regular expression'],
]

for (const [control, message] of wrong) {
  test(`cachePolicy: refuses ${JSON.stringify(control)}`, async (t) => {
    t.throws(() => cachePolicy(control as CacheControl), new TypeError(message))
  })
}
