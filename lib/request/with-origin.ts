/** What was made the cause of an error here. */
const given = new WeakMap<Error, unknown>()

/**
 * Makes an error tell of the one that it was thrown in place of: as its cause, or as the cause of the last one of its causes,
 * unless one of them tells of it already.
 *
 * An error that is thrown again and again, a constant of a module, tells of nothing: what is true of one request is not of
 * another.
 */
export function withOrigin(error: unknown, origin: unknown): unknown {
  const told = new Set(causesOf(origin))
  const causes = causesOf(error)
  const last = causes.at(-1)
  if (!(last instanceof Error) || causes.some((cause) => told.has(cause))) return error
  const constant = causes.find((cause) => given.has(cause as Error)) as Error | undefined
  if (constant !== undefined) {
    if (constant.cause === given.get(constant)) setCause(constant, undefined)
  } else if (Object.isExtensible(last)) {
    setCause(last, origin)
    given.set(last, origin)
  }
  return error
}

/** Returns an error with all that stands behind it. */
function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = []
  let cause = error
  while (cause !== undefined && !causes.includes(cause)) {
    causes.push(cause)
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return causes
}

function setCause(error: Error, cause: unknown): void {
  // One that cannot be changed keeps what it has.
  Reflect.defineProperty(error, 'cause', { value: cause, writable: true, configurable: true })
}
