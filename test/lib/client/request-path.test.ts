import { test } from 'tap'
import { requestPath } from '../../../lib/client/request-path.ts'
import { PathPattern } from '../../../routing/path-pattern.ts'

/** Paths and parameters that a server has to find again as they were. */
const paths: readonly (readonly [path: string, params: Readonly<Record<string, unknown>>])[] = [
  ['/', {}],
  ['/plain text/ü', {}],
  ['/{id}', { id: 'a b?c#d%2F&e' }],
  ['/{id}', { id: '日本\u0000\n' }],
  ['/{id}', { id: '...' }],
  ['/{id}', { id: '{id}' }],
  ['/{id}', { id: 'constructor' }],
  ['/{name}.{type}', { name: 'tea', type: 'png' }],
  ['/{n:int}/{x:float}', { n: 0, x: 1e21 }],
  ['/{n:int}/{x:float}', { n: Number.MAX_SAFE_INTEGER, x: 1e-7 }],
  ['/{key:uuid}', { key: '0123abcd-0123-4567-89ab-0123456789ab' }],
  ['/files/{rest:path}', { rest: 'a/b c/d' }],
  ['/files/{rest:path}', { rest: '' }],
  ['/{rest:path}', { rest: '/a' }],
]

for (const [path, params] of paths) {
  test(`requestPath: ${path} with ${JSON.stringify(params)} comes back as it was`, async (t) => {
    const text = requestPath(path, {})(params)

    t.match(text, /^\/(?!\/)[!-~]*$/)
    t.equal(new URL(text, 'http://a').pathname, text)
    t.strictSame({ ...new PathPattern(path).match(decodeURIComponent(text)) }, params)
  })
}
