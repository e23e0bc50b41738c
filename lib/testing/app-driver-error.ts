/** Thrown by an `AppDriver` when the app does not send what the test waits for. */
export class AppDriverError extends Error {
  override readonly name = 'AppDriverError'
  readonly code = 'STELLINE_APP_DRIVER'
}
