import { shapesMeet } from './path-shape.ts'
import type { PathShape } from './path-shape.ts'
import { PathTree } from './path-tree.ts'
import type { Routable } from './routable.ts'

/** Up to so many routes are asked one after the other sooner than a tree has been walked. */
const fewRoutes = 5

/**
 * Narrows a routing table down to the routes that may match a path, in the order of declaration, so that asking only them
 * gives the same answer as asking all.
 */
export class PathIndex {
  readonly #routes: readonly Routable[]
  /** For each path that some route matches alone: every route that may match it; `null` until it is first asked for. */
  readonly #literal: Map<string, readonly Routable[] | null> = new Map()
  /** Those that can match more than one path. */
  readonly #patterns: readonly Routable[]
  /** The shapes of these; `null` for one that can match any path. */
  readonly #shapes: readonly (PathShape | null)[]
  /** Those that can match any path; `null` until a path comes that has none of the shapes. */
  #anywhere: readonly Routable[] | null = null
  readonly #tree: PathTree<TreeEntry> | null

  constructor(routes: readonly Routable[]) {
    this.#routes = [...routes]
    this.#patterns = routes.filter((route) => route.literalPath === null)
    for (const { literalPath } of routes) if (literalPath !== null) this.#literal.set(literalPath, null)
    this.#shapes = this.#patterns.map((route) => route.shape)
    this.#tree = this.#patterns.length > fewRoutes ? treeOf(this.#shapes) : null
  }

  /** Returns the routes that may match a path. */
  candidates(path: string): readonly Routable[] {
    const known = this.#literal.get(path)
    if (known !== undefined) return known ?? this.#collect(path)
    if (this.#tree === null || path[0] !== '/') return this.#patterns
    const entry = this.#tree.find(path)
    if (entry === null)
      return (this.#anywhere ??= this.#patterns.filter((_route, index) => this.#shapes[index] === null))
    return (entry.routes ??= this.#meeting(entry.shape))
  }

  #meeting(shape: PathShape): readonly Routable[] {
    return this.#patterns.filter((_route, index) => {
      const own = this.#shapes[index]!
      return own === null || shapesMeet(own, shape)
    })
  }

  #collect(path: string): readonly Routable[] {
    const routes = this.#routes.filter((route) => route.mayMatch(path))
    this.#literal.set(path, routes)
    return routes
  }
}

interface TreeEntry {
  readonly shape: PathShape
  /** Every route that may match a path of the shape; `null` until such a path comes. */
  routes: readonly Routable[] | null
}

function treeOf(shapes: readonly (PathShape | null)[]): PathTree<TreeEntry> {
  const tree = new PathTree<TreeEntry>()
  for (const shape of shapes) if (shape !== null) tree.add(shape, () => ({ shape, routes: null }))
  return tree
}
