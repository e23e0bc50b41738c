import type { HTTPScope, WebSocketScope } from '../../lib/spec/scope.ts'
import type { Session } from '../../lib/storage/session.ts'

/** The session of one connection. */
export interface KeptSession {
  readonly session: Session
  /** Saves what has changed. Returns the new value of the cookie: `''` to remove it, `null` to leave it. */
  save(): string | null | Promise<string | null>
  /** Saves what has changed since, where that needs no cookie. */
  saveLate?(): Promise<unknown>
}

/** Where sessions are between requests. */
export interface SessionKeeper {
  open(scope: HTTPScope | WebSocketScope): KeptSession | Promise<KeptSession>
}
