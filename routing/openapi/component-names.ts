import type { SchemaSide } from './openapi-options.ts'

/** What a component is called by. */
export interface ComponentName {
  /** The id, or what the document calls it by itself; `null` for a schema without any name. */
  readonly wanted: string | null
  /** Whether the name is an id. */
  readonly isGiven: boolean
  /** Whether each side is a component of its own. */
  readonly isSplit: boolean
}

/** The names of the two sides of a component, which are the same unless it is split. */
export type SideNames = Readonly<Record<SchemaSide, string>>

const endings: SideNames = { input: '-Input', output: '-Output' }

/** Names components, each otherwise: ids that can stand as they are go first, then those that cannot, then what is made up. */
export function componentNames<Component extends ComponentName>(
  components: readonly Component[],
): ReadonlyMap<Component, SideNames> {
  const taken = new Set<string>()
  const names = new Map<Component, SideNames>()
  for (const component of components.toSorted((one, other) => rankOf(one) - rankOf(other))) {
    const own = freeNames(component, taken)
    names.set(component, own)
    taken.add(own.input).add(own.output)
  }
  return names
}

function rankOf({ wanted, isGiven, isSplit }: ComponentName): number {
  if (wanted === null) return 4
  if (!isGiven) return 3
  if (safeName(wanted) !== wanted) return 2
  return isSplit ? 1 : 0
}

function freeNames({ wanted, isSplit }: ComponentName, taken: ReadonlySet<string>): SideNames {
  const base = wanted === null ? 'Schema' : safeName(wanted)
  for (let number = wanted === null ? 1 : 0; ; number++) {
    const name = number === 0 ? base : `${base}${wanted === null ? number : number + 1}`
    const names = isSplit
      ? { input: name + endings.input, output: name + endings.output }
      : { input: name, output: name }
    if (!taken.has(names.input) && !taken.has(names.output)) return names
  }
}

/** Names of components are of fewer characters than ids: an accent is left out, a letter of another script is its number. */
function safeName(id: string): string {
  if (/^[\w.-]*$/.test(id)) return id
  return id
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\w.-]/gu, (character) =>
      /[\p{L}\p{N}]/u.test(character) ? `u${character.codePointAt(0)!.toString(16).toUpperCase()}` : '_',
    )
}
