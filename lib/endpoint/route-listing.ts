/** One row of a routing table, for those who read it: command lines, documents, tests. */
export interface RouteListing {
  /** What the row is; a routable of another make says so by a word of its own. */
  readonly kind: 'http' | 'websocket' | 'mount' | 'host' | 'include' | (string & {})
  /** The path, or the host, as it was written. */
  readonly path: string
  /** The name for building URLs, or `null`. */
  readonly name: string | null
  /** `null` when there is no choice of methods. */
  readonly methods: readonly string[] | null
  /** The names of the parameters. */
  readonly params: readonly string[]
  /** The rows below this one; `null` when there are none by nature, or when an app does not tell. */
  readonly routes: readonly RouteListing[] | null
}
