import { show } from '../spec/violations.ts'

/**
 * Returns the prefix under which an app is exposed as it stands in a scope: without a final slash.
 *
 * @param attempt What fails otherwise, as in "serve".
 * @throws TypeError for what is no string and for a prefix that does not start with "/".
 */
export function rootPathOf(rootPath: unknown, attempt: string): string {
  if (typeof rootPath !== 'string') {
    throw new TypeError(`Cannot ${attempt} under rootPath ${show(rootPath)}: expected a path such as "/api"`)
  }
  const path = rootPath.replace(/\/+$/, '')
  if (path === '' || path.startsWith('/')) return path
  throw new TypeError(`Cannot ${attempt} under rootPath ${show(rootPath)}: it does not start with "/"`)
}
