import type { HTTPScope, WebSocketScope } from '../../lib/spec/scope.ts'
import { Session } from '../../lib/storage/session.ts'
import type { Signer } from '../../lib/storage/signer.ts'
import type { SessionCookie } from './session-cookie.ts'
import type { KeptSession, SessionKeeper } from './session-keeper.ts'

interface CookieKeeperOptions {
  readonly cookie: SessionCookie
  readonly rolling: boolean
}

/** Keeps sessions in the cookie itself, signed: the client can read them and cannot change them. */
export class CookieKeeper implements SessionKeeper {
  readonly #signer: Signer
  readonly #cookie: SessionCookie
  readonly #rolling: boolean

  constructor(signer: Signer, { cookie, rolling }: CookieKeeperOptions) {
    this.#signer = signer
    this.#cookie = cookie
    this.#rolling = rolling
  }

  open(scope: HTTPScope | WebSocketScope): KeptSession {
    return new CookieSession(this, new Session(() => this.#unpack(scope)))
  }

  /** Returns the new value of the cookie, see {@link KeptSession.save}. */
  pack(session: Session): string | null {
    const text = session.serialize()
    if (text === '') return session.existed ? '' : null
    const due = text !== session.before || session.rotated || this.#rolling
    return due ? this.#signer.sign(Buffer.from(text).toString('base64url')) : null
  }

  #unpack(scope: HTTPScope | WebSocketScope): string | null {
    const value = this.#cookie.read(scope)
    const unsigned = value === null ? null : this.#signer.unsign(value, this.#cookie)
    return unsigned === null ? null : Buffer.from(unsigned.value, 'base64url').toString()
  }
}

class CookieSession implements KeptSession {
  readonly session: Session
  readonly #keeper: CookieKeeper

  constructor(keeper: CookieKeeper, session: Session) {
    this.#keeper = keeper
    this.session = session
  }

  save(): string | null {
    return this.#keeper.pack(this.session)
  }
}
