import type { RouteListing } from '../endpoint/route-listing.ts'

type Row = readonly [methods: string, path: string, name: string, kind: string]

const heading: Row = ['METHODS', 'PATH', 'NAME', 'KIND']

/** Returns a routing table as lines of text with columns, what is below a mount or a host indented. */
export function formatRoutes(routes: readonly RouteListing[]): string {
  const rows = [heading, ...rowsOf(routes, 0)]
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}

function rowsOf(routes: readonly RouteListing[], depth: number): Row[] {
  return routes.flatMap((route) => [rowOf(route, depth), ...rowsOf(route.routes ?? [], depth + 1)])
}

function rowOf({ kind, path, name, methods }: RouteListing, depth: number): Row {
  const any = kind === 'http' ? '*' : '-'
  const shown = path === '' && kind !== 'host' ? '/' : path
  return [methods?.join(', ') ?? any, `${'  '.repeat(depth)}${shown}`, name ?? '-', kind]
}
