/** Where a server reports what its operator should know. `console` fits. */
export interface ServerLog {
  /** Takes what is good to know and needs no action: a refused request, an app without a lifespan. */
  info(message: string): void
  /** Takes what went wrong without harm to a client that behaves. */
  warn(message: string, error?: unknown): void
  /** Takes a failure, most often of the app, with the error itself. */
  error(message: string, error?: unknown): void
}

/** Reports warnings and errors on stderr and keeps quiet about the rest: the default of a server inside a program. */
export const quietLog: ServerLog = {
  info() {},
  warn: (message, error) => print(message, error),
  error: (message, error) => print(message, error),
}

function print(message: string, error: unknown): void {
  if (error === undefined) console.error(message)
  else console.error(message, error)
}
