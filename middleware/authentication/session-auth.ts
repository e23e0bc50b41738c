import { show } from '../../lib/spec/violations.ts'
import type { ConnectionHead } from '../../lib/request/connection-head.ts'
import type { Session } from '../../lib/storage/session.ts'
import type { AuthenticationBackend, MaybeIdentity } from './backend.ts'

export interface SessionAuthOptions {
  /** Returns who is logged in, for what {@link SessionAuth.login} has noted, or `null` when there is no such user any more. */
  load: (noted: string | number, connection: ConnectionHead) => MaybeIdentity
  /** Under which name the session holds it. Default `user`. */
  key?: string
}

/** A connection with a session. */
export interface WithSession {
  readonly session: Session
}

/** The backend, with what makes and ends a login. */
export interface SessionAuth extends AuthenticationBackend {
  /**
   * Notes in the session who has logged in. The session gets a new id; that of another user is emptied before.
   *
   * @param noted What finds the user, such as an id.
   */
  login(connection: WithSession, noted: string | number): void
  /** Empties the session. */
  logout(connection: WithSession): void
}

/** Takes the user from the session: put `sessions()` before `authentication()`. */
export function sessionAuth({ load, key = 'user' }: SessionAuthOptions): SessionAuth {
  return {
    authenticate(connection) {
      const noted: unknown = connection.session.get(key)
      return typeof noted === 'string' || typeof noted === 'number' ? load(noted, connection) : null
    },
    login({ session }, noted) {
      if (typeof noted !== 'string' && typeof noted !== 'number') {
        throw new TypeError(`Cannot log in: the user is noted as ${show(noted)}, expected a string or a number`)
      }
      const before: unknown = session.get(key)
      if (before !== undefined && before !== noted) session.clear()
      session.rotate()
      session.set(key, noted)
    },
    logout({ session }) {
      session.clear()
    },
  }
}
