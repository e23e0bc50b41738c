/** A piece of work that goes on beside requests. */
export interface Task {
  /** What it is called in the log. */
  readonly name: string
  /** Aborted when the task is cancelled, or when a shutdown has waited for it long enough. */
  readonly signal: AbortSignal
  /** Resolves when the work has ended, whether well or not. It never rejects: failures go to the log. */
  readonly ended: Promise<void>
  /** Asks the work to end, by its signal. */
  cancel(reason?: unknown): void
}

/** What a task does. Work that can take long should end when `signal` is aborted. */
export type Work = (task: Task) => unknown

/** Keeps tasks until they have ended. */
export interface TaskOwner {
  /** Begins to work. Nobody has to keep or await what it returns. */
  add(work: Work, name?: string): Task
}
