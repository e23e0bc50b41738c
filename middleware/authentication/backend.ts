import type { ConnectionHead } from '../../lib/request/connection-head.ts'
import type { User } from '../../lib/storage/registered.ts'

/** Who makes a request. */
export interface Identity {
  readonly user: User
  /** What the user may do, in the app's own words. Default: nothing that needs a scope. */
  readonly scopes?: readonly string[]
}

/** What a backend finds out; `null` when nothing is known. */
export type MaybeIdentity = Identity | null | Promise<Identity | null>

/** Finds out who makes a request. */
export interface AuthenticationBackend {
  /**
   * Returns who makes the request, or `null` when it brings no credentials of this kind.
   *
   * @throws {@link AuthenticationError} for credentials that do not hold.
   */
  authenticate(connection: ConnectionHead): MaybeIdentity
  /** The value of `www-authenticate` that asks for credentials of this kind. */
  readonly challenge?: string
  /**
   * The field of the request that answers depend on, so that caches keep them apart, for example `Cookie`. Not needed for
   * `authorization`, with which caches are careful by themselves, nor for the session.
   */
  readonly varyBy?: string
}
