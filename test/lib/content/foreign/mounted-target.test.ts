import { test } from 'tap'
import { mountedTarget } from '../../../../lib/content/foreign/mounted-target.ts'
import { httpScope } from '../../../../lib/testing/scopes.ts'

/** Paths, decoded and as received, below a mount; and where they are divided. */
const cases: readonly (readonly [path: string, raw: string | null, root: string, mount: string, below: string])[] = [
  ['/', '/', '', '', '/'],
  ['/a/b', '/a/b', '', '', '/a/b'],
  ['/a', '/a', '/a', '/a', '/'],
  ['/a/', '/a/', '/a', '/a', '/'],
  ['/a/b', '/a/b', '/a', '/a', '/b'],
  ['/a/b/c', '/a/b/c', '/a/b', '/a/b', '/c'],
  ['/ab', '/ab', '/a', '', '/ab'],
  ['/é/b/c', '/%C3%A9/b%2Fc', '/é', '/%C3%A9', '/b%2Fc'],
  ['/a/b/c', '/a%2Fb/c', '/a/b', '/a/b', '/c'],
  ['/a/b', '/a%2Fb', '/a/b', '/a%2Fb', '/'],
  ['/a b/c', null, '/a b', '/a%20b', '/c'],
  ['/a b/c', '/another', '/a b', '/a%20b', '/c'],
  ['/%ZZ/c', '/%ZZ/c', '/%ZZ', '/%25ZZ', '/c'],
  ['/a/"é', '/a/"%C3%A9', '/a', '/a', '/"%C3%A9'],
  ['*', '*', '', '', '*'],
]

for (const [path, raw_path, root_path, mount, below] of cases) {
  test(`mountedTarget: ${path} (${raw_path}) below "${root_path}"`, async (t) => {
    t.strictSame(mountedTarget(httpScope({ path, raw_path, root_path })), { mount, path: below, search: '' })
  })
}

test('mountedTarget: keeps the query, and what no URL holds encoded', async (t) => {
  t.equal(mountedTarget(httpScope({ query_string: 'a=1&b=\xe9#' })).search, '?a=1&b=%E9%23')
})
