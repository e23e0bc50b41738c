import { canonicalName, isFieldValue } from '../spec/field-syntax.ts'
import type { HeaderPair, HeaderPairs } from '../spec/headers.ts'
import { show } from '../spec/violations.ts'
import { mergeVary } from './vary.ts'

/** What {@link Headers} can be made of. */
export type HeadersInit = Iterable<HeaderPair> | Readonly<Record<string, string | readonly string[]>>

/** Lets {@link MutableHeaders} give its list to the class that it extends; nothing outside this file can. */
let shareList: (headers: Headers, list: readonly string[]) => void

const noFields: readonly string[] = []

/**
 * An immutable, case-insensitive list of header fields in wire order, duplicates kept. Every name is a token in lower
 * case and no value holds a control character, so a `Headers` can go to the wire unchecked.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5
 */
export class Headers implements Iterable<HeaderPair> {
  /** Names and values in turn. The names are as received until {@link Headers.flat} is read. */
  #list: readonly string[] = noFields
  #namesAsReceived = false

  static {
    shareList = (headers, list) => {
      headers.#list = list
    }
  }

  /** @throws TypeError for a name that is not a token and for a value with CR, LF, NUL or another control character. */
  constructor(init?: HeadersInit) {
    if (init !== undefined) this.#list = listFrom(init)
  }

  /**
   * Wraps a list `[Name, value, Name, value, …]` from a strict parser, without copying or checking it. Names may be in any
   * case; they are lower-cased on first need.
   */
  static fromRaw(flat: readonly string[]): Headers {
    const headers = new Headers()
    headers.#list = flat
    headers.#namesAsReceived = true
    return headers
  }

  /** Wraps a list `[name, value, …]` of lower-case names and clean values, without copying or checking it. */
  static fromFlat(flat: readonly string[]): Headers {
    const headers = new Headers()
    headers.#list = flat
    return headers
  }

  /**
   * Returns the argument when it is a `Headers`, else makes one of it.
   *
   * @throws TypeError for an invalid name or value, as the constructor does.
   */
  static from(pairs: HeaderPairs): Headers {
    return pairs instanceof Headers ? pairs : new Headers(pairs)
  }

  /** Returns the values of a name joined with `", "`, or `null` when it is absent. */
  get(name: string): string | null {
    const first = this.#find(name, 0)
    if (first < 0) return null
    const second = this.#find(name, first + 2)
    const value = this.#list[first + 1]!
    return second < 0 ? value : `${value}, ${this.#valuesFrom(name, second).join(', ')}`
  }

  /** Returns every value of a name, in wire order. */
  getAll(name: string): string[] {
    return this.#valuesFrom(name, this.#find(name, 0))
  }

  /** Tells whether there is a field of a name. */
  has(name: string): boolean {
    return this.#find(name, 0) >= 0
  }

  /** The names, a repeated one as often as it occurs. */
  *keys(): Generator<string, void, undefined> {
    const list = this.#lowered()
    for (let i = 0; i < list.length; i += 2) yield list[i]!
  }

  /** The values in wire order, those of repeated names included. */
  *values(): Generator<string, void, undefined> {
    const list = this.#list
    for (let i = 1; i < list.length; i += 2) yield list[i]!
  }

  /** The fields in wire order, each a pair of its name in lower case and its value. */
  *entries(): Generator<HeaderPair, void, undefined> {
    const list = this.#lowered()
    for (let i = 0; i < list.length; i += 2) yield [list[i]!, list[i + 1]!]
  }

  /** The fields in wire order, as {@link Headers.entries} gives them. */
  [Symbol.iterator](): Generator<HeaderPair, void, undefined> {
    return this.entries()
  }

  /**
   * Tells whether another list has the same fields: names in any order, but the values of one name in the same order,
   * which carries meaning.
   *
   * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.3
   */
  equals(other: Headers): boolean {
    if (this.size !== other.size) return false
    const [own, others] = [this, other].map(valuesByName)
    for (const [name, values] of own!) if (others!.get(name)?.join('\0') !== values.join('\0')) return false
    return true
  }

  /** How many fields there are, duplicates counted. */
  get size(): number {
    return this.#list.length / 2
  }

  /** Lower-case names and values in turn: what servers hand to the wire. It must not be changed. */
  get flat(): readonly string[] {
    return this.#lowered()
  }

  /** Finds a name at or after an index, comparing lengths first: most names differ in it. */
  #find(name: string, from: number): number {
    if (typeof name !== 'string') return -1
    const list = this.#list
    for (let i = from; i < list.length; i += 2) {
      const candidate = list[i]!
      if (candidate.length === name.length && (candidate === name || isSameName(candidate, name))) return i
    }
    return -1
  }

  #valuesFrom(name: string, from: number): string[] {
    const values: string[] = []
    for (let i = from; i >= 0; i = this.#find(name, i + 2)) values.push(this.#list[i + 1]!)
    return values
  }

  #lowered(): readonly string[] {
    if (this.#namesAsReceived) {
      this.#list = this.#list.map((text, index) =>
        index % 2 === 0 ? (canonicalName(text) ?? text.toLowerCase()) : text,
      )
      this.#namesAsReceived = false
    }
    return this.#list
  }
}

/** Header fields that can be changed; a response has one. */
export class MutableHeaders extends Headers {
  readonly #fields: string[]

  /** @throws TypeError for a name that is not a token and for a value with CR, LF, NUL or another control character. */
  constructor(init?: HeadersInit) {
    super()
    this.#fields = init === undefined ? [] : listFrom(init)
    shareList(this, this.#fields)
  }

  /** Makes a copy that can be changed: the argument stays as it is, even when it is a `MutableHeaders`. */
  static override from(pairs: HeaderPairs): MutableHeaders {
    return new MutableHeaders(pairs)
  }

  /** Replaces every value of a name by one, at the place of the first; appends it when the name is absent. */
  set(name: string, value: string): void {
    const canonical = checkedName(name)
    const checked = checkedValue(canonical, value)
    const list = this.#fields
    const first = indexOfName(list, canonical)
    if (first < 0) list.push(canonical, checked)
    else {
      list[first + 1] = checked
      removeFrom(list, canonical, first + 2)
    }
  }

  /** Adds a field after all others, keeping those of the same name. */
  append(name: string, value: string): void {
    const canonical = checkedName(name)
    this.#fields.push(canonical, checkedValue(canonical, value))
  }

  /** Removes every field of a name; an absent one is no error. */
  delete(name: string): void {
    removeFrom(this.#fields, checkedName(name), 0)
  }

  /** Adds a field unless the name is present. */
  setDefault(name: string, value: string): void {
    if (!this.has(name)) this.append(name, value)
  }

  /**
   * Replaces the fields of every name that another list has, and adds its other names. What is refused changes nothing.
   *
   * @throws TypeError for an invalid name or value, as the constructor does.
   */
  update(init: HeadersInit): void {
    const added = listFrom(init)
    for (let i = 0; i < added.length; i += 2) removeFrom(this.#fields, added[i]!, 0)
    this.#fields.push(...added)
  }

  /**
   * Adds field names to `vary` unless they are listed already or the response varies by everything. The names come from
   * the server's own rules: what a request says does not belong there.
   *
   * @throws TypeError for a name that is neither a token nor `*`.
   * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5
   */
  addVary(...names: readonly string[]): void {
    for (const name of names) checkedName(name)
    if (names.length > 0) this.set('vary', mergeVary(this.get('vary'), names))
  }
}

function valuesByName(headers: Headers): Map<string, string[]> {
  const values = new Map<string, string[]>()
  for (const [name, value] of headers) {
    const known = values.get(name)
    if (known === undefined) values.set(name, [value])
    else known.push(value)
  }
  return values
}

function listFrom(init: HeadersInit): string[] {
  if (init instanceof Headers) return init.flat.slice()
  if (typeof init !== 'object' || init === null) {
    throw new TypeError(`Cannot make headers of ${show(init)}: expected pairs [name, value] or an object`)
  }
  const flat: string[] = []
  if (Symbol.iterator in init) for (const pair of init as Iterable<unknown>) pushPair(flat, pair)
  else for (const name of Object.keys(init)) pushValues(flat, name, init[name]!)
  return flat
}

function pushPair(flat: string[], pair: unknown): void {
  if (!Array.isArray(pair) || pair.length !== 2) {
    throw new TypeError(`Cannot make headers: an item is ${show(pair)}, expected a pair [name, value]`)
  }
  const name = checkedName(pair[0])
  flat.push(name, checkedValue(name, pair[1]))
}

function pushValues(flat: string[], name: string, values: string | readonly string[]): void {
  const canonical = checkedName(name)
  if (typeof values === 'string') flat.push(canonical, checkedValue(canonical, values))
  else if (Array.isArray(values)) for (const value of values) flat.push(canonical, checkedValue(canonical, value))
  else checkedValue(canonical, values)
}

/** Tells whether a name on a list is the one that is looked for, in whatever case both are. */
function isSameName(listed: string, wanted: string): boolean {
  const canonical = canonicalName(wanted)
  return canonical !== null && listed.toLowerCase() === canonical
}

function checkedName(name: unknown): string {
  const canonical = typeof name === 'string' ? canonicalName(name) : null
  if (canonical === null) throw new TypeError(`Cannot set header ${show(name)}: the name is not a token`)
  return canonical
}

function checkedValue(name: string, value: unknown): string {
  if (typeof value === 'string' && isFieldValue(value)) return value
  throw new TypeError(
    `Cannot set header "${name}": the value is ${show(value)}, expected a string of bytes without CR, LF, NUL or other control characters`,
  )
}

function indexOfName(list: readonly string[], name: string): number {
  for (let i = 0; i < list.length; i += 2) if (list[i] === name) return i
  return -1
}

/** Removes the fields of a name at or after an index, in one pass. */
function removeFrom(list: string[], name: string, from: number): void {
  let kept = from
  for (let i = from; i < list.length; i += 2) {
    if (list[i] === name) continue
    list[kept] = list[i]!
    list[kept + 1] = list[i + 1]!
    kept += 2
  }
  list.length = kept
}
