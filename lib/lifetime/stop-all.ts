/** Something that has started. */
interface Stoppable {
  stop(): Promise<void>
}

/**
 * Stops one after the other, each whatever the others do.
 *
 * @throws What went wrong: an AggregateError when several failed.
 */
export async function stopAll(running: readonly Stoppable[]): Promise<void> {
  const failures: unknown[] = []
  for (const one of running) await one.stop().catch((error: unknown) => failures.push(error))
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) throw new AggregateError(failures, 'Several parts of the application failed to shut down')
}

/**
 * Stops what had started before a start-up failed.
 *
 * @returns What to throw: the failure of the start-up, together with that of the stopping where that fails, too.
 */
export async function failureOfStart(failure: unknown, started: Stoppable): Promise<unknown> {
  try {
    await started.stop()
    return failure
  } catch (error) {
    const message = 'The application failed to start, and what had started failed to shut down'
    return new AggregateError([failure, error], message)
  }
}
