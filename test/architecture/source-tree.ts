import { readdirSync, readFileSync, statSync } from 'node:fs'
import { posix } from 'node:path'
import type { Packages, Sources } from './house-rules.ts'
import { scanImports } from './import-scanner.ts'

/** What stands beside the sources at the root of the repository, with TypeScript in it that is not shipped. */
const besides = new Set(['node_modules', 'dist', 'coverage', 'test', 'docs'])

/**
 * Reads the imports of every file in a room under a root, and of the .ts files beside the rooms; not of tests, documents and
 * what was built.
 */
export function readSources(root: URL): Sources {
  const paths = readdirSync(root, { recursive: false, withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.') && !besides.has(entry.name))
    .flatMap((entry) =>
      entry.isDirectory() ? filesUnder(root, entry.name) : entry.name.endsWith('.ts') ? [entry.name] : [],
    )
  return new Map(paths.map((path) => [path, scanImports(readFileSync(new URL(path, root), 'utf8'))]))
}

interface Manifest {
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

/** Reads from package.json which packages the sources may import. */
export function readPackages(manifest: URL): Packages {
  const { dependencies, peerDependencies, peerDependenciesMeta }: Manifest = JSON.parse(readFileSync(manifest, 'utf8'))
  const peers = Object.keys(peerDependencies ?? {})
  const optional = new Set(peers.filter((name) => peerDependenciesMeta?.[name]?.optional === true))
  const required = peers.filter((name) => !optional.has(name))
  return { installed: new Set([...Object.keys(dependencies ?? {}), ...required]), optional }
}

function filesUnder(root: URL, folder: string): string[] {
  const below = new URL(`${folder}/`, root)
  return readdirSync(below, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !statSync(new URL(path, below)).isDirectory())
    .map((path) => posix.join(folder, path))
}
