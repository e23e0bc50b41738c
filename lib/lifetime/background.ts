import type { Task, TaskOwner, Work } from '../request/task-owner.ts'
import { show } from '../spec/violations.ts'

/** Where failures of tasks are reported. `console` and the log of a server fit. */
export interface TaskLog {
  /** Takes a message and the error that it is about. */
  error(message: string, error?: unknown): void
}

/** Where tasks report, and how long a shutdown waits for them. */
export interface TasksOptions {
  /** Default: stderr. */
  readonly log?: TaskLog
  /** How long {@link Tasks.drain} lets tasks go on, in milliseconds, before it cancels them. Default 5000. */
  readonly drainTimeoutMs?: number
  /** How long it then waits for those that were cancelled, in milliseconds. Default 1000. */
  readonly cancelTimeoutMs?: number
}

/**
 * The owner of work that goes on beside requests: it keeps every task until that has ended, reports failures, and lets a
 * shutdown wait for the tasks that still run.
 */
export class Tasks implements TaskOwner, AsyncDisposable {
  readonly #log: TaskLog
  readonly #drainTimeoutMs: number
  readonly #cancelTimeoutMs: number
  readonly #running: Set<RunningTask> = new Set()

  /** @throws TypeError for a time that is not a number of 0 or more. */
  constructor({ log = console, drainTimeoutMs = 5000, cancelTimeoutMs = 1000 }: TasksOptions = {}) {
    this.#log = log
    this.#drainTimeoutMs = checkedTime('drainTimeoutMs', drainTimeoutMs)
    this.#cancelTimeoutMs = checkedTime('cancelTimeoutMs', cancelTimeoutMs)
  }

  /** How many tasks run. */
  get size(): number {
    return this.#running.size
  }

  /**
   * Begins to work, in a later turn. Nobody has to keep or await the task.
   *
   * @param name What the task is called in the log. Default: the name of the function.
   * @throws TypeError for work that is not a function.
   */
  add(work: Work, name?: string): Task {
    if (typeof work !== 'function') throw new TypeError(`Cannot add a task: it is ${show(work)}, expected a function`)
    const task = new RunningTask(work, name ?? (work.name || 'unnamed'), this.#log)
    this.#running.add(task)
    void task.ended.then(() => this.#running.delete(task))
    return task
  }

  /** Resolves when every task that runs now has ended. Nothing is cancelled. */
  async ended(): Promise<void> {
    await Promise.all(Array.from(this.#running, (task) => task.ended))
  }

  /**
   * Waits until no task runs, those included that are added meanwhile. After `drainTimeoutMs` it cancels what is left, and
   * after `cancelTimeoutMs` more it reports what goes on all the same. It never rejects.
   */
  async drain(): Promise<void> {
    if (await this.#idleWithin(this.#drainTimeoutMs)) return
    for (const task of this.#running) task.cancel(new DOMException('The application shuts down', 'AbortError'))
    if (await this.#idleWithin(this.#cancelTimeoutMs)) return
    for (const { name } of this.#running) this.#log.error(`The task ${show(name)} goes on after the shutdown`)
  }

  /** {@link Tasks.drain}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.drain()
  }

  /** Resolves with true when no task runs any more, with false when the time is over. */
  async #idleWithin(timeoutMs: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, timeoutMs, true)))
    while (this.#running.size > 0) {
      const ended = Promise.all(Array.from(this.#running, (task) => task.ended))
      if (await Promise.race([ended.then(() => false), timeout])) break
    }
    clearTimeout(timer)
    return this.#running.size === 0
  }
}

class RunningTask implements Task {
  readonly name: string
  readonly ended: Promise<void>
  #controller: AbortController | null = null

  constructor(work: Work, name: string, log: TaskLog) {
    this.name = name
    this.ended = this.#run(work, log)
  }

  get signal(): AbortSignal {
    return (this.#controller ??= new AbortController()).signal
  }

  cancel(reason?: unknown): void {
    this.#controller ??= new AbortController()
    this.#controller.abort(reason)
  }

  async #run(work: Work, log: TaskLog): Promise<void> {
    try {
      await Promise.resolve(this).then(work)
    } catch (error) {
      if (!this.#isCancellation(error)) log.error(`The task ${show(this.name)} failed`, error)
    }
  }

  /** What work ends with because it was told to end is no failure. */
  #isCancellation(error: unknown): boolean {
    if (this.#controller?.signal.aborted !== true) return false
    return error === this.#controller.signal.reason || (error instanceof Error && error.name === 'AbortError')
  }
}

function checkedTime(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0) return value
  throw new TypeError(`Cannot keep tasks with ${name} ${show(value)}: expected a number of milliseconds`)
}
