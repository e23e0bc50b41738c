import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { show } from '../spec/violations.ts'

/**
 * Returns the absolute path of a directory of templates.
 *
 * @throws TypeError when there is no such directory.
 */
export function templateDirectory(directory: string | URL): string {
  const path = directory instanceof URL ? fileURLToPath(directory) : resolve(directory)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path
  throw new TypeError(`Cannot read templates from ${show(path)}: expected a directory`)
}
