import { Session } from '../../lib/storage/session.ts'
import type { Signer } from '../../lib/storage/signer.ts'
import type { KeptSession, SessionKeeper } from './session-keeper.ts'

interface CookieKeeperOptions {
  readonly maxAgeMs: number
  readonly rolling: boolean
}

/** Keeps sessions in the cookie itself, signed: the client can read them and cannot change them. */
export class CookieKeeper implements SessionKeeper {
  readonly #signer: Signer
  readonly #options: CookieKeeperOptions

  constructor(signer: Signer, options: CookieKeeperOptions) {
    this.#signer = signer
    this.#options = options
  }

  open(cookie: () => string | null): KeptSession {
    const session = new Session(() => this.#unpack(cookie()))
    return { session, save: () => this.#save(session) }
  }

  #save(session: Session): string | null {
    const text = session.serialize()
    if (text === '') return session.existed ? '' : null
    const due = text !== session.before || session.rotated || this.#options.rolling
    return due ? this.#signer.sign(Buffer.from(text).toString('base64url')) : null
  }

  #unpack(value: string | null): string | null {
    const unsigned = value === null ? null : this.#signer.unsign(value, this.#options)
    return unsigned === null ? null : Buffer.from(unsigned.value, 'base64url').toString()
  }
}
