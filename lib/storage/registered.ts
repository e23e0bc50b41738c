/**
 * Where an app says what its connections carry, once for all of them, by declaration merging:
 *
 * @example
 * declare module 'stelline' {
 *   interface Registered {
 *     user: Account
 *     session: { accountId: number; cart: string[] }
 *   }
 * }
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- it is there to be merged with
export interface Registered {}

/** What a session holds: as registered, else anything. */
export type SessionData = Registered extends { session: infer Data extends object } ? Data : Record<string, unknown>

/** Who makes a request: as registered, else an object of any kind. */
export type User = Registered extends { user: infer Registration extends object }
  ? Registration
  : Readonly<Record<string, unknown>>
