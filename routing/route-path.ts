import type { RoutedScope } from './routable.ts'

/** Returns the path below the `root_path`, which is taken away only where a segment ends. */
export function routePath({ path, root_path: root }: RoutedScope): string {
  if (root === '' || !path.startsWith(root)) return path
  return path.length === root.length || path[root.length] === '/' ? path.slice(root.length) : path
}
