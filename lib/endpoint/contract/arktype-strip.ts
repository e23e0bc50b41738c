/** Leaves out of a value what its type does not declare. */
export type Strip = (value: unknown) => unknown

/** A node of a type of arktype, as far as this is concerned. */
export interface ArkNode {
  readonly id: string
  readonly kind: string
  /** Of a union: what the value may be. */
  readonly branches?: readonly ArkNode[]
  /** Of an alias: what it stands for. */
  readonly resolution?: ArkNode
  /** Of an intersection: what kind of value it is; `proto` is an instance of a class. */
  readonly basis?: { readonly kind: string } | null
  /** Of an intersection: the members of the value. */
  readonly structure?: ArkStructure
  readonly allows: (value: unknown) => boolean
}

interface ArkStructure {
  readonly props: readonly { readonly key: string | symbol; readonly value: ArkNode }[]
  readonly index?: readonly { readonly signature: ArkNode; readonly value: ArkNode }[]
  readonly sequence?: ArkSequence
}

/** The items of a list: some at its begin, any number of the same, some at its end. */
interface ArkSequence {
  readonly prefix?: readonly ArkNode[]
  readonly optionals?: readonly ArkNode[]
  readonly variadic?: ArkNode
  readonly postfix?: readonly ArkNode[]
}

/** Returns what strips the values of a type of arktype; `null` for a type whose values have nothing to leave out. */
export function arktypeStrip(type: ArkNode): Strip | null {
  return new StripPlan().of(type)
}

class StripPlan {
  /** By the ids of what aliases stand for, which may hold itself. */
  readonly #resolved = new Map<string, Strip>()

  of(node: ArkNode): Strip | null {
    if (node.resolution !== undefined) return this.#alias(node.resolution)
    if (node.kind === 'union') return this.#union(node.branches!)
    const { structure } = node
    if (structure === undefined) return null
    if (structure.sequence !== undefined) return this.#list(structure.sequence)
    // What is an instance of a class is said to be that, with all that it holds.
    return node.basis?.kind === 'proto' ? null : this.#object(structure)
  }

  #alias(node: ArkNode): Strip {
    const { id } = node
    if (!this.#resolved.has(id)) {
      this.#resolved.set(id, keep)
      /* c8 ignore next -- what holds itself has members or items */
      this.#resolved.set(id, this.of(node) ?? keep)
    }
    return (value) => this.#resolved.get(id)!(value)
  }

  #union(branches: readonly ArkNode[]): Strip | null {
    const stripped = branches.map((branch) => ({ branch, strip: this.of(branch) }))
    if (stripped.every(({ strip }) => strip === null)) return null
    return (value) => {
      const strip = stripped.find(({ branch }) => branch.allows(value))?.strip ?? keep
      return strip(value)
    }
  }

  #list({ prefix = [], optionals = [], variadic, postfix = [] }: ArkSequence): Strip | null {
    const first = [...prefix, ...optionals].map((node) => this.of(node) ?? keep)
    const last = postfix.map((node) => this.of(node) ?? keep)
    const others = (variadic === undefined ? null : this.of(variadic)) ?? keep
    if ([...first, ...last, others].every((strip) => strip === keep)) return null
    return (value) => {
      const items = value as readonly unknown[]
      const lastFrom = items.length - last.length
      return items.map((item, index) => (first[index] ?? last[index - lastFrom] ?? others)(item))
    }
  }

  #object({ props, index = [] }: ArkStructure): Strip {
    const declared = props.map(({ key, value }) => ({ key, strip: this.of(value) ?? keep }))
    const others = index.map(({ signature, value }) => ({ signature, strip: this.of(value) ?? keep }))
    const names = new Set(declared.map(({ key }) => key))
    return (given) => {
      const value = given as Readonly<Record<string | symbol, unknown>>
      const kept: Record<string | symbol, unknown> = Object.create(null) as object as Record<string | symbol, unknown>
      for (const { key, strip } of declared) if (key in value) kept[key] = strip(value[key])
      if (others.length === 0) return kept
      for (const key of Object.keys(value)) {
        const other = names.has(key) ? undefined : others.find(({ signature }) => signature.allows(key))
        if (other !== undefined) kept[key] = other.strip(value[key])
      }
      return kept
    }
  }
}

function keep(value: unknown): unknown {
  return value
}
