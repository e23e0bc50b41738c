import createTree from 'find-my-way'
import type { PathShape } from './path-shape.ts'

/** What a tree knows of a path. */
export interface Found<Entry> {
  readonly store: Entry
  /** The texts of the parameters by the names of the shape; `null` where they are not those of the path. */
  readonly params: SegmentTexts | null
}

/** The texts of segments by the names of parameters. The object inherits nothing and belongs to who gets it. */
export type SegmentTexts = Record<string, string>

/**
 * Finds out which of many shapes a path has. Of several it finds one: whatever has a shape that meets that one has to be
 * asked then.
 */
export class PathTree<Entry> {
  readonly #tree: createTree.Instance<createTree.HTTPVersion.V1> = createTree({
    // Its default would lose longer segments.
    maxParamLength: Number.MAX_SAFE_INTEGER,
    querystringParser: () => nothing,
  })
  readonly #known: Set<string> = new Set()

  /** Adds a shape, unless the same is there, with what `find` is to return for it. */
  add(shape: PathShape, entry: () => Entry): void {
    const known = patternOf({ ...shape, names: null })
    if (this.#known.has(known)) return
    this.#known.add(known)
    this.#tree.on('GET', patternOf(shape), neverCalled, entry())
  }

  /** Returns a shape that the path has, by its entry, or `null` when it has none of them. The path begins with `/`. */
  find(path: string): Found<Entry> | null {
    if (!meaningful.test(path)) return this.#tree.find('GET', path) as Found<Entry> | null
    const found = this.#tree.find('GET', escape(path))
    return found === null ? null : { store: found.store as Entry, params: null }
  }
}

const nothing: Record<string, string> = Object.freeze({})

function patternOf({ segments, open, names }: PathShape): string {
  let params = 0
  const parts = segments.map((segment) =>
    segment === null ? `:${names?.[params++] ?? 'any'}` : escape(segment).replaceAll(':', '::'),
  )
  return `/${[...parts, ...(open ? ['*'] : [])].join('/')}`
}

/** What the tree would read as the end of a path, as an escape or as a wildcard; and what escapes it here. */
const meaningful = /[%?#*\uE000]/
const everyMeaningful = new RegExp(meaningful, 'g')

/** Gives each of these characters a name of its own that means nothing to the tree, so that no two paths become one. */
function escape(text: string): string {
  return text.replaceAll(everyMeaningful, (character) => `\uE000${'%?#*\uE000'.indexOf(character)}`)
}

/* c8 ignore next -- the tree wants a function for each pattern, but only `find` is used, which calls none */
function neverCalled(): void {}
