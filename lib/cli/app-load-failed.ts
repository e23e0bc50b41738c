/** Thrown when the app of a command line cannot be had. A cause is the error of the app's own code. */
export class AppLoadFailed extends Error {
  override readonly name = 'AppLoadFailed'
  readonly code = 'STELLINE_APP_LOAD_FAILED'
}
