import { findMatch } from './dispatch.ts'
import { readAlike, shapesMeet, tellingPosition } from './path-shape.ts'
import type { PathShape } from './path-shape.ts'
import { PathTree } from './path-tree.ts'
import type { Found } from './path-tree.ts'
import type { Match, Routable, RoutedScope } from './routable.ts'

/** Up to so many routes are asked one after the other sooner than a tree has been walked. */
const fewRoutes = 5

/**
 * Narrows a routing table down to the routes that may match a path, in the order of declaration, so that asking only them
 * gives the same answer as asking all.
 */
export class PathIndex {
  /** By the paths that some route matches alone. */
  readonly #literal: Map<string, LiteralPath> = new Map()
  /** Those that can match more than one path. */
  readonly #patterns: ShapeGroups
  readonly #all: Found<ShapedPaths>
  readonly #anywhere: Found<ShapedPaths>
  readonly #tree: PathTree<ShapedPaths> | null

  constructor(routes: readonly Routable[]) {
    const patterns: Placed[] = []
    for (const [position, route] of routes.entries()) {
      const { literalPath } = route
      if (literalPath === null) patterns.push({ route, position, shape: route.shape })
      else this.#addLiteral(literalPath, { route, position, shape: null })
    }
    this.#patterns = new ShapeGroups(patterns)
    this.#all = withoutTexts(patterns)
    this.#anywhere = withoutTexts(patterns.filter(({ shape }) => shape === null))
    this.#tree = patterns.length > fewRoutes ? treeOf(patterns) : null
  }

  /** Returns the route of the table that {@link findMatch} would return. */
  find(scope: RoutedScope, path: string): Match | null {
    const literal = this.#literal.get(path)
    if (literal !== undefined) return findMatch((literal.routes ??= this.#around(literal, path)), scope, path)
    const { store, params } = this.#lookUp(path)
    const { routes, takeTexts } = (store.choice ??= this.#meeting(store.shape!))
    return findMatch(routes, scope, path, takeTexts ? params : null)
  }

  #addLiteral(path: string, placed: Placed): void {
    const known = this.#literal.get(path)
    if (known === undefined) this.#literal.set(path, { alone: [placed], routes: null })
    else known.alone.push(placed)
  }

  #lookUp(path: string): Found<ShapedPaths> {
    if (this.#tree === null || path[0] !== '/') return this.#all
    return this.#tree.find(path) ?? this.#anywhere
  }

  /** Every route that may match a path of this shape. */
  #meeting(shape: PathShape): Choice {
    return choiceOf(
      this.#patterns.near(shape).filter(({ shape: own }) => own === null || shapesMeet(own, shape)),
      shape,
    )
  }

  /** Every route that may match a path that some of them match alone. */
  #around({ alone }: LiteralPath, path: string): readonly Routable[] {
    const { store } = this.#lookUp(path)
    const { placed } = (store.choice ??= this.#meeting(store.shape!))
    const others = placed.filter(({ route }) => route.mayMatch(path))
    return inOrder([...alone, ...others]).map(({ route }) => route)
  }
}

/** Routes by the text of one segment, so that not each has to be compared with each. */
class ShapeGroups {
  readonly #all: readonly Placed[]
  readonly #position: number
  readonly #groups: Map<string, Placed[]> = new Map()
  /** Those that may have any text there. */
  readonly #others: readonly Placed[]

  constructor(all: readonly Placed[]) {
    this.#all = all
    this.#position = tellingPosition(all.map(({ shape }) => shape))
    const others: Placed[] = []
    for (const placed of all) {
      const text = placed.shape?.segments[this.#position] ?? null
      const group = text === null ? others : this.#groups.get(text)
      if (group === undefined) this.#groups.set(text!, [placed])
      else group.push(placed)
    }
    this.#others = others
  }

  /** Returns all whose shapes may meet one of these shapes, in the order of the table, and some more. */
  near({ segments }: PathShape): readonly Placed[] {
    const text = segments[this.#position] ?? null
    return text === null ? this.#all : inOrder([...this.#groups.get(text)!, ...this.#others])
  }
}

function inOrder(placed: Placed[]): readonly Placed[] {
  return placed.sort((one, other) => one.position - other.position)
}

/** A route, and where it stands in the table. */
interface Placed {
  readonly route: Routable
  readonly position: number
  /** `null` when it can match any path. */
  readonly shape: PathShape | null
}

/** A path that some routes match alone. */
interface LiteralPath {
  /** These routes. */
  readonly alone: Placed[]
  /** Every route that may match it; `null` until it is asked for. */
  routes: readonly Routable[] | null
}

/** The paths of a shape; `null` stands for any. */
interface ShapedPaths {
  readonly shape: PathShape | null
  /** `null` until such a path comes. */
  choice: Choice | null
}

/** The routes that are asked. */
interface Choice {
  readonly placed: readonly Placed[]
  readonly routes: readonly Routable[]
  /** Whether each of them can take the texts of the segments. */
  readonly takeTexts: boolean
}

function choiceOf(placed: readonly Placed[], asked: PathShape | null): Choice {
  const takeTexts = asked !== null && placed.every(({ shape }) => shape !== null && readAlike(shape, asked))
  return { placed, routes: placed.map(({ route }) => route), takeTexts }
}

function withoutTexts(placed: readonly Placed[]): Found<ShapedPaths> {
  return { store: { shape: null, choice: choiceOf(placed, null) }, params: null }
}

function treeOf(patterns: readonly Placed[]): PathTree<ShapedPaths> {
  const tree = new PathTree<ShapedPaths>()
  for (const { shape } of patterns) if (shape !== null) tree.add(shape, () => ({ shape, choice: null }))
  return tree
}
