import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { show } from '../spec/violations.ts'

/** A directory of an installed package. */
export interface PackageDirectory {
  readonly name: string
  /** Within the package. Default: the package itself. */
  readonly directory?: string
  /** The module that depends on the package: its `import.meta.url`. Default: the working directory. */
  readonly from?: string | URL
}

/**
 * Finds a directory of an installed package, whatever the package exports.
 *
 * @throws TypeError for what is no name of a package, and when the package is not installed.
 */
export function packageDirectory(source: string | PackageDirectory): string {
  const { name, directory = '.', from = join(process.cwd(), 'package.json') } = asSource(source)
  if (!/^(?:@[^/\\]+\/)?[^./\\@][^/\\]*$/.test(name)) {
    throw new TypeError(`Cannot serve package ${show(name)}: expected the name of a package`)
  }
  const folders = createRequire(from).resolve.paths(name) ?? []
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
  if (found !== undefined) return join(found, directory)
  throw new TypeError(`Cannot serve package ${show(name)}: it is not installed, expected it in ${show(folders[0])}`)
}

function asSource(source: string | PackageDirectory): PackageDirectory {
  return typeof source === 'string' ? { name: source } : source
}
