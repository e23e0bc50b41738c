import fc from 'fast-check'
import { test } from 'tap'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { ASGIApp } from '../../lib/spec/app.ts'
import { httpScope } from '../../lib/testing/scopes.ts'
import { findMatch } from '../../routing/dispatch.ts'
import type { Converters } from '../../routing/converters.ts'
import { Host } from '../../routing/host.ts'
import { Mount } from '../../routing/mount.ts'
import { PathIndex } from '../../routing/path-index.ts'
import { PathPattern } from '../../routing/path-pattern.ts'
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
  readonly literalPath: null = null
  readonly shape: null = null
  readonly asgi: ASGIApp = async () => {}

  match(scope: RoutedScope): Match | null {
    const isPut = scope.type === 'http' && scope.method === 'PUT'
    return isPut ? { route: this, params: noParams, prefix: '', methods: null } : null
  }

  mayMatch(): boolean {
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

test('PathIndex: gives the answer of the whole table, for 20,000 random tables and paths', async (t) => {
  const property = fc.property(table, paths, fc.constantFrom('GET', 'POST', 'PUT'), (rows, asked, method) => {
    const routes = rows.map(make)
    const index = new PathIndex(routes)
    for (const path of [...asked, ...asked, '*', '']) {
      const scope = httpScope({ path, method })
      const expected = findMatch(routes, scope, path)
      const found = findMatch(index.candidates(path), scope, path)
      if (found?.route !== expected?.route || String(found?.methods) !== String(expected?.methods)) return false
    }
    return true
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 2000 }))
})

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
    const asked = new PathIndex(routes).candidates(path)
    t.strictSame(
      asked.map((candidate) => routes.indexOf(candidate as Route)),
      indices,
    )
  })
}

test('PathIndex: takes long segments', async (t) => {
  const index = new PathIndex(routes)
  t.equal(index.candidates(`/users/${'x'.repeat(100_000)}`).length, 3)
})

test('PathIndex: finds out once which routes to ask', async (t) => {
  const index = new PathIndex(routes)
  for (const path of ['/users/7', '/users/me', '/other/thing'])
    t.equal(index.candidates(path), index.candidates(path), path)
})
