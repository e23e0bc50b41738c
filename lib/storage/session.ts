import { show } from '../spec/violations.ts'
import type { SessionData } from './registered.ts'

/** The names of what a session holds. */
export type SessionKey = Extract<keyof SessionData, string>

/** Gives the JSON text of a session, or `null` when there is none. It is called at most once, on first use. */
export type SessionSource = () => string | null

/**
 * What is kept of a client from one request to the next. Values are what JSON can hold. They may be changed in place, at
 * any depth: what is saved is what is there when the answer begins.
 */
export class Session {
  readonly #source: SessionSource
  /** Made on first use: most requests do not look at their session. */
  #values: Map<string, unknown> | null = null
  #before = ''
  #rotated = false

  /** @param source Where it is read from, on first use. */
  constructor(source: SessionSource) {
    this.#source = source
  }

  /** Returns a value; `undefined` when there is none. */
  get<Key extends SessionKey>(key: Key): Partial<SessionData>[Key] {
    return this.#read().get(key)
  }

  /** @throws TypeError for a value that JSON has no word for: `undefined`, a function, a symbol or a BigInt. */
  set<Key extends SessionKey>(key: Key, value: SessionData[Key]): void {
    if (['undefined', 'function', 'symbol', 'bigint'].includes(typeof value)) {
      throw new TypeError(`Cannot keep ${show(key)} in the session: JSON has no word for ${show(value)}`)
    }
    this.#read().set(key, value)
  }

  has(key: SessionKey): boolean {
    return this.#read().has(key)
  }

  /** Removes a value; an absent one is no error. */
  delete(key: SessionKey): void {
    this.#read().delete(key)
  }

  /** How many values there are. */
  get size(): number {
    return this.#read().size
  }

  /** The names of the values, in the order in which they were set. */
  keys(): string[] {
    return [...this.#read().keys()]
  }

  /** Removes every value, and with them the session: at a logout. */
  clear(): void {
    this.#read().clear()
  }

  /**
   * Gives the session a new id and makes the old one worthless; the values stay. Do it whenever a client gets more rights,
   * above all at a login: whoever has planted or seen the id before has nothing then.
   */
  rotate(): void {
    this.#read()
    this.#rotated = true
  }

  /** Whether anybody has looked at the session, so that the answer depends on it. */
  get accessed(): boolean {
    return this.#values !== null
  }

  /** Whether there was a session when the request came. */
  get existed(): boolean {
    return this.#before !== ''
  }

  /** Whether {@link Session.rotate} was called. */
  get rotated(): boolean {
    return this.#rotated
  }

  /** The values as they were when the request came, as JSON; `''` when there were none. */
  get before(): string {
    return this.#before
  }

  /** Returns the values as they are now, as JSON; `''` when there are none. */
  serialize(): string {
    const values = this.#read()
    return values.size === 0 ? '' : JSON.stringify(this)
  }

  /** The values as an object, for `JSON.stringify`. */
  toJSON(): Record<string, unknown> {
    return Object.fromEntries(this.#read())
  }

  #read(): Map<string, unknown> {
    if (this.#values !== null) return this.#values
    const text = this.#source()
    this.#values = text === null ? new Map() : valuesOf(text)
    if (this.#values.size > 0) this.#before = text!
    return this.#values
  }
}

/** The keys come from JSON, where `__proto__` is a name like others. */
function valuesOf(text: string): Map<string, unknown> {
  try {
    const values: unknown = JSON.parse(text)
    return values === null || typeof values !== 'object' ? new Map() : new Map(Object.entries(values))
  } catch {
    return new Map()
  }
}
