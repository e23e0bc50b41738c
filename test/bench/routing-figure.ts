import createTree from 'find-my-way'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import { httpScope } from '../../lib/testing/scopes.ts'
import { PathIndex } from '../../routing/path-index.ts'
import { Route } from '../../routing/route.ts'

/*
 * One figure of one peer, in a process of its own: what a look-up takes in ns, or what it takes to build a table in ms.
 * It is called as `routing-figure.ts PEER FIGURE ROUTES` and prints a number.
 */

type Lookup = (path: string) => unknown

const warmUps = 200_000
const batches = 200
/** Few enough to fit between two switches of the processor to another process. */
const lookupsPerBatch = 5_000

/** A table of an API: of each resource the list, one, its children and one of them; each fourth without parameters. */
function patterns(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const resource = `/v1/resource${Math.floor(index / 4)}`
    return [resource, `${resource}/{id}`, `${resource}/{id}/children`, `${resource}/{id}/children/{child}`][index % 4]!
  })
}

const buildOwn = (paths: readonly string[]): Lookup => {
  const endpoint = (): PlainTextResponse => new PlainTextResponse()
  const index = new PathIndex(paths.map((path) => new Route(path, endpoint)))
  const scope = httpScope()
  return (path) => index.find(scope, path)
}

const buildFindMyWay = (paths: readonly string[]): Lookup => {
  const tree = createTree()
  for (const path of paths) tree.on('GET', path.replaceAll(/\{(\w+)\}/g, ':$1'), () => {})
  return (path) => tree.find('GET', path)
}

const builders: Readonly<Record<string, (paths: readonly string[]) => Lookup>> = {
  stelline: buildOwn,
  'find-my-way': buildFindMyWay,
}

/** What a figure asks for: paths that take turns, as requests would, each with parameters of its own. */
function askedPaths(figure: string, all: readonly string[]): string[] {
  const withParams = all.filter((path) => path.includes('{'))
  const asked: Readonly<Record<string, readonly string[]>> = {
    late: [withParams.at(-1)!],
    first: [withParams[0]!],
    mix: all,
    miss: ['/v1/nowhere/{id}/at/all'],
  }
  const some = asked[figure]!
  return Array.from({ length: Math.max(256, some.length) }, (_, turn) =>
    some[turn % some.length]!.replaceAll(/\{\w+\}/g, () => `id-${turn}`),
  )
}

function lookupNs(lookup: Lookup, asked: readonly string[]): number {
  let found = 0
  const ask = (times: number): void => {
    for (let turn = 0, next = 0; turn < times; turn++) {
      if (lookup(asked[next]!) !== null) found++
      if (++next === asked.length) next = 0
    }
  }
  ask(warmUps)
  let best = Infinity
  for (let batch = 0; batch < batches; batch++) {
    const start = process.hrtime.bigint()
    ask(lookupsPerBatch)
    best = Math.min(best, Number(process.hrtime.bigint() - start) / lookupsPerBatch)
  }
  if (found !== 0 && found !== warmUps + batches * lookupsPerBatch) throw new Error('Cannot measure: some paths miss')
  return best
}

/** Time of the processor from the first route to the first match. */
function buildMs(build: (paths: readonly string[]) => Lookup, all: readonly string[]): number {
  const [last] = askedPaths('late', all)
  const start = process.cpuUsage()
  if (build(all)(last!) === null) throw new Error('Cannot measure: the path misses')
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

const [peer, figure, routes] = process.argv.slice(2) as [string, string, string]
const all = patterns(Number(routes))
const build = builders[peer]!
console.log(figure === 'build' ? buildMs(build, all) : lookupNs(build(all), askedPaths(figure, all)))
