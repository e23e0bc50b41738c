import { hash, randomBytes } from 'node:crypto'
import type { HTTPScope, WebSocketScope } from '../../lib/spec/scope.ts'
import { Session } from '../../lib/storage/session.ts'
import type { Store } from '../../lib/storage/store.ts'
import type { SessionCookie } from './session-cookie.ts'
import type { KeptSession, SessionKeeper } from './session-keeper.ts'

interface StoreKeeperOptions {
  readonly cookie: SessionCookie
  readonly rolling: boolean
}

/** Keeps sessions in a store; the cookie holds a random id. */
export class StoreKeeper implements SessionKeeper {
  readonly #store: Store
  readonly #options: StoreKeeperOptions

  constructor(store: Store, options: StoreKeeperOptions) {
    this.#store = store
    this.#options = options
  }

  open(scope: HTTPScope | WebSocketScope): KeptSession | Promise<KeptSession> {
    const id = this.#options.cookie.read(scope)
    if (id === null) return new StoredSession(this.#store, this.#options, null)
    return this.#store.get(keyOf(id)).then((text) => {
      // An id that the store does not know is never taken over: the client may have been given it by somebody else.
      return new StoredSession(this.#store, this.#options, text === null ? null : { id, text })
    })
  }
}

/** A session as the store has it. */
interface Stored {
  readonly id: string
  readonly text: string
}

class StoredSession implements KeptSession {
  readonly session: Session
  readonly #store: Store
  readonly #options: StoreKeeperOptions
  readonly #time: { readonly ttlMs: number }
  #stored: Stored | null

  constructor(store: Store, options: StoreKeeperOptions, stored: Stored | null) {
    this.#store = store
    this.#options = options
    this.#time = { ttlMs: options.cookie.maxAgeMs }
    this.#stored = stored
    this.session = new Session(() => stored?.text ?? null)
  }

  async save(): Promise<string | null> {
    const text = this.session.serialize()
    if (text === '') return this.#remove()
    if (this.#stored === null || this.session.rotated) return this.#begin(text)
    if (text === this.#stored.text && !this.#options.rolling) return null
    return (await this.#update(this.#stored.id, text)) ? this.#stored.id : null
  }

  async saveLate(): Promise<void> {
    if (this.#stored === null) return
    const text = this.session.serialize()
    if (text === '') await this.#remove()
    else if (text !== this.#stored.text) await this.#update(this.#stored.id, text)
  }

  async #remove(): Promise<string | null> {
    if (this.#stored === null) return null
    await this.#store.delete(keyOf(this.#stored.id))
    this.#stored = null
    return ''
  }

  /** Begins a record with an id of its own; that of before is worth nothing then. */
  async #begin(text: string): Promise<string> {
    await this.#remove()
    const id = randomBytes(32).toString('base64url')
    await this.#store.set(keyOf(id), text, this.#time)
    this.#stored = { id, text }
    return id
  }

  /** Writes over what is there, but brings nothing back: a session that was ended meanwhile stays ended. */
  async #update(id: string, text: string): Promise<boolean> {
    const key = keyOf(id)
    let expected: string | null = this.#stored!.text
    while (expected !== null) {
      if (await this.#store.replace(key, expected, text, this.#time)) {
        this.#stored = { id, text }
        return true
      }
      expected = await this.#store.get(key)
    }
    return false
  }
}

/** Who can read the store cannot use the ids in it. */
function keyOf(id: string): string {
  return `session:${hash('sha256', id, 'base64url')}`
}
