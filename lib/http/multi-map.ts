import { show } from '../spec/violations.ts'

/** What a {@link MultiMap} can be made of: pairs, or an object in which an array stands for as many values. */
export type MultiMapInit<V> = Iterable<readonly [name: string, value: V]> | Readonly<Record<string, V | readonly V[]>>

/** Lets {@link MutableMultiMap} give its list to the class that it extends; nothing outside this file can. */
let sharePairs: <V>(map: MultiMap<V>, pairs: readonly Pair<V>[]) => void

type Pair<V> = readonly [name: string, value: V]

/**
 * An immutable list of names and values in which a name may occur several times. The order is kept, names differ in case,
 * and those of `Object.prototype` are ordinary names. A lookup passes the list: bound the length of what clients send.
 */
export class MultiMap<V> implements Iterable<[name: string, value: V]> {
  #pairs: readonly Pair<V>[]

  static {
    sharePairs = (map, pairs) => {
      map.#pairs = pairs
    }
  }

  /** @throws TypeError for something other than pairs or an object, and for a name that is not a string. */
  constructor(init: MultiMapInit<V> = []) {
    this.#pairs = pairsOf(init)
  }

  /** Returns the first value of a name, or `null` when it is absent. */
  get(name: string): V | null {
    for (const pair of this.#pairs) if (pair[0] === name) return pair[1]
    return null
  }

  /** Returns every value of a name, in order. */
  getAll(name: string): V[] {
    const values: V[] = []
    for (const pair of this.#pairs) if (pair[0] === name) values.push(pair[1])
    return values
  }

  /** Tells whether a name occurs. */
  has(name: string): boolean {
    return this.#pairs.some(([candidate]) => candidate === name)
  }

  /** The names, a repeated one as often as it occurs. */
  *keys(): Generator<string, void, undefined> {
    for (const [name] of this.#pairs) yield name
  }

  /** The values in order, those of repeated names included. */
  *values(): Generator<V, void, undefined> {
    for (const [, value] of this.#pairs) yield value
  }

  /** The pairs in order, each a new array. */
  *entries(): Generator<[name: string, value: V], void, undefined> {
    for (const [name, value] of this.#pairs) yield [name, value]
  }

  /** The pairs in order, as {@link MultiMap.entries} gives them. */
  [Symbol.iterator](): Generator<[name: string, value: V], void, undefined> {
    return this.entries()
  }

  /** How many pairs there are, those of repeated names counted. */
  get size(): number {
    return this.#pairs.length
  }
}

/** A {@link MultiMap} that can be changed. */
export class MutableMultiMap<V> extends MultiMap<V> {
  #list: Pair<V>[]

  /** Copies what it is made of. */
  constructor(init: MultiMapInit<V> = []) {
    super()
    this.#list = pairsOf(init)
    sharePairs(this, this.#list)
  }

  /** Replaces every value of a name by one, at the place of the first; appends it when the name is absent. */
  set(name: string, value: V): void {
    this.setAll(name, [value])
  }

  /** Replaces every value of a name by these, at the place of the first; none removes the name. */
  setAll(name: string, values: Iterable<V>): void {
    const key = checkedName(name)
    const replacement = Array.from(values, (value): Pair<V> => [key, value])
    const first = this.#list.findIndex(([candidate]) => candidate === key)
    const rest = this.#list.filter(([candidate]) => candidate !== key)
    const place = first < 0 ? rest.length : first
    this.#replace([...rest.slice(0, place), ...replacement, ...rest.slice(place)])
  }

  /** Adds a pair after all others, keeping those of the same name. */
  append(name: string, value: V): void {
    this.#list.push([checkedName(name), value])
  }

  /** Adds a pair unless the name is present, and returns the first value that the name has then. */
  setDefault(name: string, value: V): V {
    for (const pair of this.#list) if (pair[0] === name) return pair[1]
    this.append(name, value)
    return value
  }

  /** Replaces the values of every name that another map has, and adds its other names. */
  update(init: MultiMapInit<V>): void {
    const added = new MultiMap(init)
    for (const name of new Set(added.keys())) this.setAll(name, added.getAll(name))
  }

  /** Removes a name and returns every value that it had, in order. */
  take(name: string): V[] {
    const values = this.getAll(name)
    this.delete(name)
    return values
  }

  /** Removes every value of a name; an absent one is no error. */
  delete(name: string): void {
    this.#replace(this.#list.filter(([candidate]) => candidate !== name))
  }

  /** Removes everything. */
  clear(): void {
    this.#replace([])
  }

  #replace(list: Pair<V>[]): void {
    this.#list = list
    sharePairs(this, list)
  }
}

function pairsOf<V>(init: MultiMapInit<V>): Pair<V>[] {
  if (typeof init !== 'object' || init === null) {
    throw new TypeError(`Cannot make a multi-map of ${show(init)}: expected pairs [name, value] or an object`)
  }
  if (Symbol.iterator in init) {
    const pairs: Pair<V>[] = []
    for (const pair of init as Iterable<unknown>) pairs.push(checkedPair(pair))
    return pairs
  }
  return Object.entries(init).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as V[]) : [value as V]).map((one): Pair<V> => [name, one]),
  )
}

function checkedPair<V>(pair: unknown): Pair<V> {
  if (!Array.isArray(pair) || pair.length !== 2) {
    throw new TypeError(`Cannot make a multi-map: an item is ${show(pair)}, expected a pair [name, value]`)
  }
  return [checkedName(pair[0]), pair[1] as V]
}

function checkedName(name: unknown): string {
  if (typeof name === 'string') return name
  throw new TypeError(`Cannot put ${show(name)} into a multi-map: the name is not a string`)
}
