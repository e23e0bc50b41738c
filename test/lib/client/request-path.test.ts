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

/** Values that schemas of paths take, and what is sent of them. */
const values: readonly (readonly [path: string, value: unknown, text: string])[] = [
  ['/{id}', 1, '/1'],
  ['/{id}', -1.5, '/-1.5'],
  ['/{id}', 12345678901234567890n, '/12345678901234567890'],
  ['/{id}', true, '/true'],
  ['/{id}', new Date(0), '/1970-01-01T00%3A00%3A00.000Z'],
  ['/{id:path}', 1, '/1'],
  ['/{id:int}', 7n, '/7'],
  ['/{id:float}', 7n, '/7'],
]

for (const [path, value, text] of values) {
  test(`requestPath: ${path} takes the ${typeof value} ${String(value)} as text`, async (t) => {
    t.equal(requestPath(path, {})({ id: value }), text)
  })
}

/** Values without a text that a parameter can hold, and what is said about them. */
const refused: readonly (readonly [path: string, value: unknown, message: RegExp])[] = [
  ['/{id}', {}, /^Cannot send "id" of the path: it is an object/],
  ['/{id}', undefined, /^Cannot send "id" of the path: it is undefined/],
  ['/{id}', '', /^Cannot format "" as str/],
  ['/{id}', 'a\ud800', /^Cannot call .*: it holds half of a character$/],
  ['/{id:int}', '1', /^Cannot format "1" as int/],
  ['/{id:int}', 2n ** 64n, /as int: expected a safe integer/],
]

for (const [path, value, message] of refused) {
  test(`requestPath: ${path} refuses ${typeof value} ${JSON.stringify(String(value))}`, async (t) => {
    t.throws(() => requestPath(path, {})({ id: value }), { name: 'TypeError', message })
  })
}

test("requestPath: a converter of one's own gets the value as it is", async (t) => {
  const day = { format: (value: Date) => value.toISOString().slice(0, 10) }

  t.equal(requestPath('/{at:day}', { day })({ at: new Date(0) }), '/1970-01-01')
})
