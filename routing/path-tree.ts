import createTree from 'find-my-way'
import type { PathShape } from './path-shape.ts'

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
    const pattern = patternOf(shape)
    if (this.#known.has(pattern)) return
    this.#known.add(pattern)
    this.#tree.on('GET', pattern, neverCalled, entry())
  }

  /** Returns the entry of a shape that the path has, or `null` when it has none of them. The path begins with `/`. */
  find(path: string): Entry | null {
    return (this.#tree.find('GET', meaningful.test(path) ? escape(path) : path)?.store as Entry | undefined) ?? null
  }
}

const nothing: Record<string, string> = Object.freeze({})

function patternOf({ segments, open }: PathShape): string {
  const names = segments.map((segment, index) =>
    segment === null ? `:p${index}` : escape(segment).replaceAll(':', '::'),
  )
  return `/${[...names, ...(open ? ['*'] : [])].join('/')}`
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
