import type { Clock } from '../../lib/response/event-stream.ts'

/** A clock whose timers run when a test says so. */
export class ManualClock implements Clock {
  #nowMs = 0
  readonly #timers: Map<number, { readonly atMs: number; readonly callback: () => void }> = new Map()
  #last = 0

  /** How many timers are set. */
  get size(): number {
    return this.#timers.size
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    this.#timers.set(++this.#last, { atMs: this.#nowMs + delayMs, callback })
    return this.#last
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer as number)
  }

  /** Lets time go by, and runs what is due. */
  pass(ms: number): void {
    this.#nowMs += ms
    for (const [timer, { atMs, callback }] of this.#timers) {
      if (atMs > this.#nowMs || !this.#timers.delete(timer)) continue
      callback()
    }
  }
}
