/** What the user of a connection may do, and how another one may show who they are. */
export interface AuthInfo {
  /** Whether it is known who makes the request. */
  readonly authenticated: boolean
  /** What the user may do, in the app's own words. */
  readonly scopes: ReadonlySet<string>
  /** The values of `www-authenticate` for who has to show who they are. */
  readonly challenges: readonly string[]
}
