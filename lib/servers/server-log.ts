/** Where a server reports what its operator should know. `console` fits. */
export interface ServerLog {
  info(message: string): void
  warn(message: string, error?: unknown): void
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
