import { show } from '../spec/violations.ts'

/** The bytes of a path that the system's address of a Unix socket has room for, beside the NUL that ends it. */
const longestPathBytes = new Map<NodeJS.Platform, number>([
  ['linux', 107],
  // Names of pipes, which are no files.
  ['win32', Infinity],
])
/** On macOS and the other systems of that family. */
const longestElsewhereBytes = 103

/**
 * Says what is wrong with the path of a Unix socket, or returns null. Node would cut a path that is too long, or take it
 * for another one, without a word. A path that begins with NUL is an abstract name of Linux, which has no NUL at its end.
 *
 * @see https://man7.org/linux/man-pages/man7/unix.7.html
 */
export function flawOfSocketPath(path: unknown, platform: NodeJS.Platform = process.platform): string | null {
  if (typeof path !== 'string' || path === '') return 'expected a path that is not empty'
  const isAbstract = path.startsWith('\0')
  if (path.includes('\0', 1)) return 'expected a path without a NUL'
  const longest = (longestPathBytes.get(platform) ?? longestElsewhereBytes) + (isAbstract ? 1 : 0)
  const length = Buffer.byteLength(path)
  return length <= longest
    ? null
    : `the path has ${length} bytes, expected at most ${longest}, for example ${show('/tmp/app.sock')}`
}
