import { posix } from 'node:path'
import type { Import } from './import-scanner.ts'

/** The imports of every source file, by its path from the root of the repository. */
export type Sources = ReadonlyMap<string, readonly Import[]>

/** The packages that sources may import. */
export interface Packages {
  /** Always there for a user: dependencies and required peers. */
  readonly installed: ReadonlySet<string>
  /** Optional peers: only a lazy import may name one. */
  readonly optional: ReadonlySet<string>
}

/** The shelves of lib, from the lowest up: a file imports from its own shelf or a lower one. */
export const shelves: readonly string[] = [
  'spec',
  'http',
  'exceptions',
  'storage',
  'channels',
  'request',
  'lifetime',
  'response',
  'endpoint',
  'client',
  'content',
  'servers',
  'testing',
  'cli',
]

const rooms = ['lib', 'middleware', 'routing', 'index.ts']

/** Servers host any app, so they know nothing of the framework above the contract and the values of HTTP. */
const serversMayImport = new Set(['spec', 'http', 'servers'])

const vagueNames = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'types', 'misc'])

/** Returns every breach of the house rules as a sentence that names the file; an empty list means that the house is in order. */
export function findBreaches(sources: Sources, packages: Packages): string[] {
  const breaches: string[] = []
  const graph = new Map<string, string[]>()
  for (const [path, imports] of sources) {
    breaches.push(...breachesOfPlace(path))
    const targets: string[] = []
    for (const { specifier, lazy } of imports) {
      if (!specifier.startsWith('.')) {
        breaches.push(...breachesOfPackage(path, specifier, lazy, packages))
        continue
      }
      const target = posix.join(posix.dirname(path), specifier)
      if (sources.has(target)) targets.push(target)
      breaches.push(...breachesOfImport(path, target, sources))
    }
    graph.set(path, targets)
  }
  return [...breaches, ...findCircles(graph).map((circle) => `circle: ${circle.join(' → ')}`)]
}

function breachesOfPlace(path: string): string[] {
  const [room, shelf, ...rest] = path.split('/')
  const name = posix.basename(path, '.ts')
  const breaches: string[] = []
  if (!path.endsWith('.ts')) return [`${path}: is no TypeScript; what is built goes to dist`]
  if (!rooms.includes(room!)) breaches.push(`${path}: "${room}" is not a room of the house`)
  else if (room === 'lib' && (rest.length === 0 || !shelves.includes(shelf!))) {
    breaches.push(`${path}: "${shelf}" is not a shelf of lib`)
  }
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name)) breaches.push(`${path}: the name is not in kebab-case`)
  if (vagueNames.has(name)) breaches.push(`${path}: the name does not say what the file holds`)
  return breaches
}

function breachesOfPackage(path: string, specifier: string, lazy: boolean, packages: Packages): string[] {
  const [room, shelf] = path.split('/')
  if (room === 'lib' && shelf === 'spec') return [`${path}: imports "${specifier}", but lib/spec imports nothing`]
  if (specifier.startsWith('node:')) return []
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  if (packages.installed.has(name)) return []
  if (!packages.optional.has(name)) return [`${path}: imports "${specifier}", which is not a dependency`]
  return lazy ? [] : [`${path}: imports "${specifier}" at once, but the package is an optional peer`]
}

function breachesOfImport(from: string, to: string, sources: Sources): string[] {
  const breaches: string[] = []
  if (!sources.has(to)) return [`${from}: imports ${to}, which is not a source file of the house`]
  if (posix.basename(to) === 'index.ts') breaches.push(`${from}: imports ${to}, but nobody inside imports an index`)
  if (from !== 'index.ts' && isUpward(from, to)) breaches.push(`${from}: imports ${to}, which is not below it`)
  if (isOtherMiddleware(from, to)) breaches.push(`${from}: imports ${to}, which is another middleware`)
  return breaches
}

function isUpward(from: string, to: string): boolean {
  const [fromRoom, fromShelf] = from.split('/')
  const [toRoom, toShelf] = to.split('/')
  if (fromRoom !== toRoom) return rooms.indexOf(toRoom!) > rooms.indexOf(fromRoom!)
  if (fromRoom !== 'lib') return false
  if (fromShelf === 'servers') return !serversMayImport.has(toShelf!)
  return shelves.indexOf(toShelf!) > shelves.indexOf(fromShelf!)
}

/** A middleware is a file of the room, or a folder of it whose files know one another. */
function isOtherMiddleware(from: string, to: string): boolean {
  const [fromRoom, fromUnit] = from.split('/')
  const [toRoom, toUnit] = to.split('/')
  return fromRoom === 'middleware' && toRoom === 'middleware' && fromUnit !== 'index.ts' && fromUnit !== toUnit
}

/** Returns one circle for each import that closes one. */
function findCircles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = []
  const finished = new Set<string>()
  const trail: string[] = []
  const visit = (path: string): void => {
    const start = trail.indexOf(path)
    if (start >= 0) circles.push([...trail.slice(start), path])
    if (start >= 0 || finished.has(path)) return
    trail.push(path)
    for (const target of graph.get(path) ?? []) visit(target)
    trail.pop()
    finished.add(path)
  }
  for (const path of graph.keys()) visit(path)
  return circles
}
