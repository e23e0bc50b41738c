import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { test } from 'tap'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { ASGIApp } from '../../lib/spec/app.ts'
import { httpScope } from '../../lib/testing/scopes.ts'
import { findMatch } from '../../routing/dispatch.ts'
import type { Converters } from '../../lib/endpoint/contract/converters.ts'
import { Host } from '../../routing/host.ts'
import { Mount } from '../../routing/mount.ts'
import { PathIndex } from '../../routing/path-index.ts'
import { PathPattern } from '../../routing/path-pattern.ts'
import type { PathShape } from '../../routing/path-shape.ts'
import { noParams } from '../../routing/param-values.ts'
import type { Match, Routable, RoutedScope } from '../../routing/routable.ts'
import { Route } from '../../routing/route.ts'
import { Router } from '../../routing/router.ts'
import { WebSocketRoute } from '../../routing/websocket-route.ts'

const anything = { regex: /[^]+/, convert: (text: string) => text, format: (value: string) => value }
const word = { regex: /[a-z]+/, characters: /[a-z]/, convert: (text: string) => text, format: (value: string) => value }

const route = (path: string): Route => new Route(path, () => new PlainTextResponse())

/** Matches by something else than the path, as a host does. */
class Elsewhere implements Routable {
  readonly literalPath: string | null = null
  readonly shape: PathShape | null = null
  readonly asgi: ASGIApp = async () => {}

  match(scope: RoutedScope): Match | null {
    const isPut = scope.type === 'http' && scope.method === 'PUT'
    return isPut ? { route: this, params: noParams, prefix: '', methods: null } : null
  }

  mayMatch(_path: string): boolean {
    return true
  }

  enter(): ASGIApp {
    return this.asgi
  }

  urlPath(): null {
    return null
  }
}

function make([segments, kind]: readonly [readonly string[], string]): Routable {
  const pattern = new PathPattern(`/${distinct(segments).join('/')}`, { anything, word })
  if (kind === 'elsewhere') return new Elsewhere()
  if (kind === 'mount') return new Mount(pattern, [])
  if (kind === 'root') return new Mount('', [])
  if (kind === 'include') return included(pattern)
  if (kind === 'host') return new Host('{any}', [])
  if (kind === 'other host') return new Host('elsewhere', [])
  if (kind === 'websocket') return new WebSocketRoute(pattern, () => {})
  return new Route(pattern, () => new PlainTextResponse(), { methods: [kind] })
}

/** A router that is included, with a prefix or without one, and has one route. */
function included(pattern: PathPattern<string, Converters>): Routable {
  const prefix = pattern.source.endsWith('/') ? '' : pattern
  return new Router().include(
    new Router().get('/a', () => new PlainTextResponse()),
    { prefix },
  ).routes[0]!
}

/** Gives parameters names of their own, and leaves one at most that takes several segments. */
function distinct(segments: readonly string[]): string[] {
  const spanning = segments.findIndex((text) => text.includes(':path'))
  return segments.map((text, index) => {
    const kept = text.includes(':path') && index !== spanning ? 'a' : text
    return kept.replaceAll(/\{([a-z])/g, (_all, name: string) => `{${name}${index}`)
  })
}

const texts = [
  'a',
  'ab',
  'b',
  '',
  'x:y',
  ':a',
  '*',
  '%',
  '%41',
  '?',
  '#',
  ';',
  '\uE000',
  '\uE0000',
  'é',
  'constructor',
  '__proto__',
]
const parameters = [
  '{p}',
  '{p}',
  '{p}',
  '{i:int}',
  '{w:word}',
  'a{p}',
  '{p}b',
  '{p}.{q}',
  '{r:path}',
  'x-{r:path}',
  '{s:anything}',
]
/** Few texts, so that paths often have several patterns. */
const common = { weight: 10, arbitrary: fc.constantFrom('a', 'b') }
const patternSegment = fc.oneof(
  common,
  { weight: 3, arbitrary: fc.constantFrom(...texts) },
  { weight: 8, arbitrary: fc.constantFrom(...parameters) },
)
const pathSegment = fc.oneof(
  common,
  { weight: 3, arbitrary: fc.constantFrom(...texts) },
  // What %2F, %3F, %23, %25 and %3B have become.
  fc.constantFrom('a/b', 'a?b', 'a#b', 'a%b', 'a;b', 'a;v=1', '/', '//', '%%', '日本', '😀', 'z'.repeat(20_000)),
  fc.constantFrom('A', '1', 'a.b', 'x-y', 'z'.repeat(300), '%2F', '%3F', '%23', '%25', ':p0', '\0', '\n', '\uE0001'),
  fc.string({ unit: 'grapheme', maxLength: 3 }),
)
const kind = fc.oneof(
  { weight: 16, arbitrary: fc.constantFrom('GET', 'GET', 'POST') },
  { weight: 5, arbitrary: fc.constantFrom('mount', 'websocket', 'include') },
  { weight: 1, arbitrary: fc.constantFrom('root', 'elsewhere', 'host', 'other host') },
)
const table = fc.array(fc.tuple(fc.array(patternSegment, { minLength: 1, maxLength: 3 }), kind), {
  maxLength: 20,
  size: 'max',
})
const paths = fc.array(
  fc.array(pathSegment, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join('/')}`),
  { minLength: 10, maxLength: 10 },
)

test('PathIndex: gives the answer of the whole table, for 20,000 random tables with ten paths each', async (t) => {
  // Some ten seconds, and more on a machine that is busy.
  t.setTimeout(180_000)
  const property = fc.property(table, paths, fc.constantFrom('GET', 'POST', 'PUT'), (rows, asked, method) => {
    const routes = rows.map(make)
    const index = new PathIndex(routes)
    for (const path of [...asked, ...asked, '*', '']) {
      const scope = httpScope({ path, method })
      const expected = findMatch(routes, scope, path)
      if (!isSame(index.find(scope, path), expected)) return false
    }
    return true
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 20_000 }))
})

function isSame(found: Match | null, expected: Match | null): boolean {
  if (found === null || expected === null) return found === expected
  const { route: chosen, prefix, methods } = found
  return (
    chosen === expected.route &&
    prefix === expected.prefix &&
    String(methods) === String(expected.methods) &&
    isDeepStrictEqual({ ...found.params }, { ...expected.params })
  )
}

/** A table with a route of each kind, large enough for a tree. */
const routes = [
  route('/users/{id:int}'),
  route('/users/me'),
  route('/users/{name}'),
  route('/users/{id}/posts/{post}'),
  route('/files/{path:path}'),
  route('/files/{name}'),
  route('/{any}/new'),
  route('/{a}/{b}/{c}/{d}'),
  new Mount('/users/{id}', []),
]

/** Paths, and which routes of the table are asked for them. */
const candidates: readonly (readonly [path: string, indices: readonly number[]])[] = [
  ['/users/7', [0, 2, 6]],
  ['/users/me', [1, 2]],
  ['/users/new', [0, 2, 6]],
  ['/users/7/posts/3', [3, 7, 8]],
  ['/users/7/x', [3, 7, 8]],
  ['/files/a', [4, 5, 6]],
  ['/files/a/b', [4, 5, 6, 7]],
  ['/other/new', [0, 2, 4, 5, 6]],
  ['/other/thing', []],
  ['/', []],
]

for (const [path, indices] of candidates) {
  test(`PathIndex: for ${path} asks the routes ${indices.join(', ')}`, async (t) => {
    t.strictSame(askedFor(path), indices)
  })
}

/** Which routes of the table are asked for a path. */
function askedFor(path: string): number[] {
  const indices: number[] = []
  const watched = routes.map((each, index) => new Watched(each, () => indices.push(index)))
  new PathIndex(watched).find(httpScope({ path }), path)
  return indices
}

/** Stands for a route, tells that it is asked, and matches nothing. */
class Watched extends Elsewhere {
  override readonly literalPath: string | null
  override readonly shape: PathShape | null
  readonly #route: Routable
  readonly #onMatch: () => void

  constructor(watched: Routable, onMatch: () => void) {
    super()
    this.literalPath = watched.literalPath
    this.shape = watched.shape
    this.#route = watched
    this.#onMatch = onMatch
  }

  override match(): null {
    this.#onMatch()
    return null
  }

  override mayMatch(path: string): boolean {
    return this.#route.mayMatch(path)
  }
}

test('PathIndex: takes long segments', async (t) => {
  t.strictSame(askedFor(`/users/${'x'.repeat(100_000)}`), [0, 2, 6])
})

/** Routes that share their segments, and what is read for a path, with the name of the first parameter. */
const alike: readonly (readonly [paths: readonly string[], path: string, params: Record<string, unknown> | null])[] = [
  [['/a/{id:int}'], '/a/12', { id: 12 }],
  [['/a/{id:int}'], '/a/x', null],
  [['/a/{id:int}'], '/a/9007199254740993', null],
  [['/a/{id:int}'], '/a/', null],
  [['/a/{name}'], '/a/', null],
  [['/a/{name}'], '/a/b', { name: 'b' }],
  [['/a/{name}'], '/a/%2F?#*;', { name: '%2F?#*;' }],
  [['/a/{id:int}', '/a/{id:float}', '/a/{id}'], '/a/1.5', { id: 1.5 }],
  [['/a/{id:int}', '/a/{id:float}', '/a/{id}'], '/a/x', { id: 'x' }],
  [['/a/{id:int}', '/a/{name}'], '/a/x', { name: 'x' }],
  [['/a/{x:int}/{y}', '/a/{x}/{y:int}'], '/a/b/7', { x: 'b', y: 7 }],
  [['/a/{x:int}/{y:int}', '/a/{x}/{y}'], '/a/7/b', { x: '7', y: 'b' }],
  [['/a/{u:uuid}'], '/a/EC38DF32CEDA4CFA9B4A1AEB94AD551A', { u: 'ec38df32-ceda-4cfa-9b4a-1aeb94ad551a' }],
  [['/a/{__proto__}/{constructor}'], '/a/b/c', { ['__proto__']: 'b', constructor: 'c' }],
  [['/a/x{id}'], '/a/x1', { id: '1' }],
  [['/a/{w:word}'], '/a/b', { w: 'b' }],
  [['/a/{w:word}'], '/a/1', null],
]

for (const [patterns, path, params] of alike) {
  test(`PathIndex: reads ${JSON.stringify(params)} from ${path} for ${patterns.join(', ')}`, async (t) => {
    const others = ['b', 'c', 'd', 'e', 'f', 'g'].map((text) => `/${text}/{any}`)
    const all = [...patterns, ...others].map(
      (text) => new Route(new PathPattern(text, { word }), () => new PlainTextResponse()),
    )
    const found = new PathIndex(all).find(httpScope({ path }), path)
    t.strictSame(found && Object.fromEntries(Object.entries(found.params)), params)
    t.notOk(found !== null && 'toString' in found.params)
  })
}

test('PathIndex: what one match reads is not that of another', async (t) => {
  const index = new PathIndex(routes)
  const [first, second] = ['/users/a', '/users/b'].map((path) => index.find(httpScope({ path }), path)!)
  t.equal(first!.params['name'], 'a')
  t.equal(second!.params['name'], 'b')
})

test('PathIndex: asks no other route for a path that one matches alone than those that may match it', async (t) => {
  const many = Array.from({ length: 20 }, (_, index) => route(`/x${index}/{id}`))
  const plain = route('/x7/new')
  const index = new PathIndex([...many.slice(8), plain, ...many.slice(0, 8)])
  t.equal(index.find(httpScope({ path: '/x7/new' }), '/x7/new')!.route, plain)
  t.equal(new PathIndex([...many, plain]).find(httpScope(), '/x7/new')!.route, many[7])
})
