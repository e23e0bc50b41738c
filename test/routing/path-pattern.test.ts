import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { test } from 'tap'
import { PathPattern } from '../../routing/path-pattern.ts'

/** Pattern, path, and the parameters or `null`; the semantics of Starlette's routing tests unless noted. */
const matches: readonly (readonly [pattern: string, path: string, params: Record<string, unknown> | null])[] = [
  ['/', '/', {}],
  ['/', '', null],
  ['/users', '/users', {}],
  ['/users', '/users/', null],
  ['/users', '/Users', null],
  ['/{name}', '/ada', { name: 'ada' }],
  ['/{name}', '/', null],
  ['/{name}', '/ada/', null],
  ['/{name}', '/a/b', null],
  ['/{name}', '/a?b#c;d%2F ü', { name: 'a?b#c;d%2F ü' }],
  ['/{name}', '/a\nb', { name: 'a\nb' }],
  ['/users/{id:int}', '/users/12', { id: 12 }],
  ['/users/{id:int}', '/users/007', { id: 7 }],
  ['/users/{id:int}', '/users/12\n', null],
  ['/users/{id:int}', '/users/-1', null],
  ['/users/{id:int}', '/users/1.5', null],
  ['/users/{id:int}', '/users/٣', null],
  ['/users/{id:int}', '/users/9007199254740991', { id: Number.MAX_SAFE_INTEGER }],
  ['/users/{id:int}', '/users/9007199254740993', null],
  ['/f/{x:float}', '/f/25.5', { x: 25.5 }],
  ['/f/{x:float}', '/f/25', { x: 25 }],
  ['/f/{x:float}', '/f/25.', null],
  ['/f/{x:float}', `/f/${'9'.repeat(400)}`, null],
  ['/u/{id:uuid}', '/u/EC38DF32-CEDA-4CFA-9B4A-1AEB94AD551A', { id: 'ec38df32-ceda-4cfa-9b4a-1aeb94ad551a' }],
  ['/u/{id:uuid}', '/u/ec38df32ceda4cfa9b4a1aeb94ad551a', { id: 'ec38df32-ceda-4cfa-9b4a-1aeb94ad551a' }],
  ['/u/{id:uuid}', '/u/ec38df32', null],
  ['/files/{path:path}', '/files/', { path: '' }],
  ['/files/{path:path}', '/files', null],
  ['/files/{path:path}', '/files/a/b c', { path: 'a/b c' }],
  ['/files/{path:path}', '/files/a\nb', { path: 'a\nb' }],
  ['/files/{path:path}/edit', '/files/a/edit/edit', { path: 'a/edit' }],
  ['/{path:path}/posts/{id:int}', '/a/b/posts/3', { path: 'a/b', id: 3 }],
  ['/{project:path}/-/{rest:path}', '/a/b/-/c/-/d', { project: 'a/b/-/c', rest: 'd' }],
  ['/{project:path}/-/{rest:path}', '/a/b/-/', { project: 'a/b', rest: '' }],
  ['/{project:path}/-/{rest:path}', '/a/b', null],
  ['/x({id:int})', '/x(7)', { id: 7 }],
  ['/x({id:int})', '/x7', null],
  ['/a.b+c*[d]$^|\\', '/a.b+c*[d]$^|\\', {}],
  ['/a.b/{x}', '/azb/1', null],
  ['/{name}:disable', '/ada:disable', { name: 'ada' }],
  ['/{name}:disable', '/ada', null],
  ['/v{major:int}.{minor:int}', '/v1.20', { major: 1, minor: 20 }],
  ['/v{major:int}.{minor:int}', '/v1.2.3', null],
  ['/{file}.{type}', '/archive.tar.gz', { file: 'archive.tar', type: 'gz' }],
  ['/{file}.{type}', '/archive', null],
  ['/{file}.{type}', '/.gz', null],
  ['/{file}.{type}', '/gz.', null],
  ['/{file}.{type}', '/a.b/c.d', null],
  ['/{id:int}.{rest}', '/12.tar.gz', { id: 12, rest: 'tar.gz' }],
  ['/{id:int}.{rest}', '/x.tar.gz', null],
  ['/{id:int}.{rest}', '/12', null],
  ['/{a}-{b}-{c}', '/w-x-y-z', { a: 'w-x', b: 'y', c: 'z' }],
  ['/{a}--{b}', '/x---y', { a: 'x-', b: 'y' }],
  ['/{name}-{id:int}', '/big-sale-12', { name: 'big-sale', id: 12 }],
  ['/{name}-{id:int}', '/big-sale', null],
  ['/{year:int}-{month:int}/{rest:path}', '/2024-05/a/b', { year: 2024, month: 5, rest: 'a/b' }],
  ['/{__proto__}/{constructor}', '/a/b', { ['__proto__']: 'a', constructor: 'b' }],
]

for (const [pattern, path, params] of matches) {
  test(`PathPattern: ${pattern} on ${JSON.stringify(path)} gives ${JSON.stringify(params)}`, async (t) => {
    const found = new PathPattern(pattern).match(path)
    t.strictSame(found && Object.fromEntries(Object.entries(found)), params)
  })
}

test('PathPattern: parameters inherit nothing', async (t) => {
  const params = new PathPattern('/{name}').match('/ada')!
  t.notOk('constructor' in params)
  t.notOk('__proto__' in params)
  t.equal(new PathPattern('/{__proto__}').match('/x')!['__proto__'], 'x')
})

test('PathPattern: the parameters of one path do not reach another', async (t) => {
  const pattern = new PathPattern('/{name}')
  const first = pattern.match('/a')
  const second = pattern.match('/b')
  t.equal(first!.name, 'a')
  t.equal(second!.name, 'b')
})

test('PathPattern: without parameters nothing can be added to what it gives', async (t) => {
  const params = new PathPattern('/').match('/') as Record<string, unknown>
  t.throws(() => (params['name'] = 'ada'), TypeError)
})

/** Malformed paths and what is said about them. */
const refused: readonly (readonly [pattern: string, message: RegExp])[] = [
  ['users', /"users" as a path: it does not start with "\/"/],
  ['{name}', /does not start with "\/"/],
  ['/{name', /a "\{" has no "\}"/],
  ['/name}', /a "\}" has no "\{"/],
  ['/{a}}', /a "\}" has no "\{"/],
  ['/{a{b}}', /"a\{b" is no name for a parameter/],
  ['/{}', /"" is no name for a parameter, expected an identifier/],
  ['/{1st}', /"1st" is no name/],
  ['/{a-b}', /"a-b" is no name/],
  ['/{id:number}', /parameter "id" has the unknown converter "number", expected one of str, int, float, uuid, path/],
  ['/{id:constructor}', /unknown converter "constructor"/],
  ['/{id:__proto__}', /unknown converter "__proto__"/],
  ['/{id:}', /unknown converter ""/],
  ['/{a}/{b}/{a}/{b}', /the name "a", "b" occurs more than once/],
  ['/{a}{b}', /no text stands between the parameters "a" and "b"/],
  ['/{a}-{p:path}', /the parameters "a" and "p" share a segment/],
  ['/{p:path}.{type}', /the parameters "p" and "type" share a segment/],
  ['/{a:path}/{b}/{c:path}', /parameter "b" stands between two that take several segments/],
]

for (const [pattern, message] of refused) {
  test(`PathPattern: refuses ${pattern}`, async (t) => {
    t.throws(() => new PathPattern(pattern), { name: 'TypeError', message })
  })
}

test('PathPattern: refuses what is no string', async (t) => {
  t.throws(() => new PathPattern(null as never), /Cannot use null as a path: expected a string/)
})

const date = {
  regex: /[0-9]{4}-[0-9]{2}-[0-9]{2}/,
  convert(text: string): Date | undefined {
    const value = new Date(`${text}T00:00:00Z`)
    return Number.isNaN(value.getTime()) ? undefined : value
  },
  format: (value: Date) => value.toISOString().slice(0, 10),
}

test('PathPattern: takes converters of its own', async (t) => {
  const pattern = new PathPattern('/reports/{day:date}', { date })
  t.strictSame(pattern.match('/reports/2024-02-29')?.day, new Date('2024-02-29T00:00:00Z'))
  t.equal(pattern.format({ day: new Date('2024-02-29T12:00:00Z') }), '/reports/2024-02-29')
})

test('PathPattern: does not match a text that a converter makes nothing of', async (t) => {
  t.equal(new PathPattern('/reports/{day:date}', { date }).match('/reports/2024-13-45'), null)
})

test('PathPattern: groups in the expression of a converter do not shift those after it', async (t) => {
  const side = { regex: /(l)(eft)|(r)ight/, convert: (text: string) => text, format: (value: string) => value }
  t.strictSame({ ...new PathPattern('/{side:side}/{id:int}', { side }).match('/right/3') }, { side: 'right', id: 3 })
})

test('PathPattern: a converter without characters may share a segment', async (t) => {
  const word = { regex: /[a-z.]+/, convert: (text: string) => text, format: (value: string) => value }
  t.strictSame({ ...new PathPattern('/{a:word}.{b:word}', { word }).match('/x.y.z') }, { a: 'x.y', b: 'z' })
})

test('PathPattern: refuses a converter whose expression has flags', async (t) => {
  const loud = { regex: /[a-z]+/i, convert: (text: string) => text, format: (value: string) => value }
  t.throws(() => new PathPattern('/{name:loud}', { loud }), /the regex of converter "loud" has flags, expected none/)
})

/** Pattern, path, and the prefix with its parameters or `null`: what a mount sees. */
const prefixes: readonly (readonly [pattern: string, path: string, found: readonly [string, object] | null])[] = [
  ['', '/', ['', {}]],
  ['', '', null],
  ['', '*', null],
  ['/x', '/x/', ['/x', {}]],
  ['/x', '/x/y/z', ['/x', {}]],
  ['/x', '/x', null],
  ['/x', '/xyz', null],
  ['/{org}', '/acme/users', ['/acme', { org: 'acme' }]],
  ['/{org}', '/acme', null],
  ['/{id:int}', '/acme/', null],
  ['/{id:int}', '/99999999999999999999/', null],
  ['/{path:path}', '/a/b/c', ['/a/b', { path: 'a/b' }]],
]

for (const [pattern, path, expected] of prefixes) {
  test(`PathPattern: ${JSON.stringify(pattern)} at the beginning of ${JSON.stringify(path)}`, async (t) => {
    const found = new PathPattern(pattern).matchPrefix(path)
    t.strictSame(found && [found.prefix, { ...found.params }], expected)
  })
}

/** Pattern, parameters, and the path in a URL. */
const formatted: readonly (readonly [pattern: string, params: Record<string, unknown>, path: string])[] = [
  ['/', {}, '/'],
  ['/users/{id:int}', { id: 7 }, '/users/7'],
  ['/users/{name}', { name: 'a b?c#d%e;f' }, '/users/a%20b%3Fc%23d%25e;f'],
  ['/users/{name}', { name: "ü!$&'()*+,;=:@~-._" }, "/users/%C3%BC!$&'()*+,;=:@~-._"],
  ['/größe/{x:float}', { x: 1.5 }, '/gr%C3%B6%C3%9Fe/1.5'],
  ['/{x:float}', { x: 0.000001 }, '/0.000001'],
  ['/{x:float}', { x: 1e-7 }, '/0.0000001'],
  ['/{x:float}', { x: 1e21 }, '/1000000000000000000000'],
  ['/{x:float}', { x: 3 }, '/3'],
  ['/{id:uuid}', { id: 'EC38DF32CEDA4CFA9B4A1AEB94AD551A' }, '/ec38df32-ceda-4cfa-9b4a-1aeb94ad551a'],
  ['/files/{path:path}', { path: 'a/b c' }, '/files/a/b%20c'],
  ['/{path:path}', { path: '' }, '/'],
  ['/{path:path}', { path: '/evil.example' }, '/%2Fevil.example'],
  ['/{path:path}', { path: '\\evil.example' }, '/%5Cevil.example'],
]

for (const [pattern, params, path] of formatted) {
  test(`PathPattern: formats ${pattern} as ${path}`, async (t) => {
    t.equal(new PathPattern(pattern).format(params), path)
  })
}

/** Pattern, parameters that cannot be formatted, and what is said about them. */
const unformattable: readonly (readonly [pattern: string, params: Record<string, unknown>, message: RegExp])[] = [
  ['/{name}', { name: '' }, /Cannot format "" as str: expected a string that is not empty and has no "\/"/],
  ['/{name}', { name: 'a/b' }, /as str/],
  ['/{name}', { name: 7 }, /Cannot format 7 as str/],
  ['/{name}', {}, /Cannot format undefined as str/],
  ['/{id:int}', { id: -1 }, /Cannot format -1 as int: expected a safe integer of at least 0/],
  ['/{id:int}', { id: 1.5 }, /as int/],
  ['/{id:int}', { id: '7' }, /as int/],
  ['/{x:float}', { x: -0.5 }, /as float: expected a finite number of at least 0/],
  ['/{x:float}', { x: Infinity }, /as float/],
  ['/{id:uuid}', { id: 'x' }, /as uuid: expected a UUID/],
  ['/{path:path}', { path: 7 }, /as path: expected a string/],
  ['/{name}', { name: '..' }, /clients resolve the segments "." and ".." away/],
  ['/a/{path:path}', { path: 'b/./c' }, /clients resolve/],
  ['/{name}', { name: '\ud800' }, /it is not Unicode/],
]

for (const [pattern, params, message] of unformattable) {
  test(`PathPattern: does not format ${pattern} for ${JSON.stringify(params)}`, async (t) => {
    t.throws(() => new PathPattern(pattern).format(params), { name: 'TypeError', message })
  })
}

const segment = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((text) => !text.includes('/') && text !== '.' && text !== '..')

test('PathPattern: matches what it has formatted', async (t) => {
  const pattern = new PathPattern('/a/{id:int}/{x:float}/{name}/{path:path}')
  const params = fc.record({
    id: fc.nat(),
    x: fc.double({ min: 1e-18, max: 1e25, noNaN: true }),
    name: segment,
    path: fc.array(segment).map((segments) => segments.join('/')),
  })
  const property = fc.property(params, (given) => {
    const found = pattern.match(decodeURIComponent(pattern.format(given)))!
    const isNear = Math.abs(found.x - given.x) <= given.x * 1e-2
    return isNear && isDeepStrictEqual({ ...found, x: 0 }, { ...given, x: 0 })
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }))
})

/** What the patterns mean, said with greedy expressions that may take long. */
const greedy: readonly (readonly [pattern: string, expression: RegExp])[] = [
  ['/{a}-{b}', /^\/(?<a>[^/]+)-(?<b>[^/]+)$/],
  ['/{a}-{b}-{c}', /^\/(?<a>[^/]+)-(?<b>[^/]+)-(?<c>[^/]+)$/],
  ['/{a}--{b}', /^\/(?<a>[^/]+)--(?<b>[^/]+)$/],
  ['/{a}-{b}/{c:path}', /^\/(?<a>[^/]+)-(?<b>[^/]+)\/(?<c>[^]*)$/],
  ['/{a:path}/-/{b:path}', /^\/(?<a>[^]*)\/-\/(?<b>[^]*)$/],
  ['/{a:path}-{b:path}', /^\/(?<a>[^]*)-(?<b>[^]*)$/],
  ['/{a:path}/x/{b}', /^\/(?<a>[^]*)\/x\/(?<b>[^/]+)$/],
  ['/x{a}x/{b}', /^\/x(?<a>[^/]+)x\/(?<b>[^/]+)$/],
]

for (const [source, expression] of greedy) {
  test(`PathPattern: ${source} finds what a greedy expression finds`, async (t) => {
    const pattern = new PathPattern(source)
    const path = fc.string({ unit: fc.constantFrom('a', 'x', '-', '/'), maxLength: 12 }).map((text) => `/${text}`)
    const property = fc.property(path, (given) =>
      isDeepStrictEqual({ ...pattern.match(given) }, { ...expression.exec(given)?.groups }),
    )
    t.doesNotThrow(() => fc.assert(property, { numRuns: 2000 }))
  })
}

test('PathPattern: takes no longer than the path is long', async (t) => {
  const hostile = ['-'.repeat(100_000), 'a-'.repeat(50_000), `${'/x'.repeat(50_000)}/`, `${'-1'.repeat(50_000)}x`]
  const sources = [
    '/{a}-{b}-{c:int}',
    '/{a:path}/x/{b:path}/x/y',
    '/{a}-{b}/{c}-{d}/e',
    '/{a:path}/x/{b}/y',
    '/{a}-{b:float}-{c}',
  ]
  for (const source of sources) {
    const pattern = new PathPattern(source)
    const started = process.hrtime.bigint()
    for (const text of hostile) pattern.match(`/${text}`)
    t.ok(process.hrtime.bigint() - started < 500_000_000n, source)
  }
})
