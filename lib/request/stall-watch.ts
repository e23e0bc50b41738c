/** Somebody who waits for a client. */
export interface Waiting {
  /** Its place in the list of a {@link StallWatch}; -1 when it is in none. */
  watchIndex: number
  /** The tick of the watch until which it waits. */
  deadline: number
  /** Called once the deadline has passed. */
  stalled(): void
}

/**
 * Ends waits that take too long. It looks at all of them twice a second, so that a wait costs a place in a list and no
 * timer: nearly all of them end at once.
 */
export class StallWatch {
  readonly #tickMs: number
  readonly #waiting: Waiting[] = []
  #now = 0
  #isTicking = false

  constructor(tickMs: number = 500) {
    this.#tickMs = tickMs
  }

  /** Begins to watch; the wait may take `timeoutMs`, and up to two ticks more. */
  add(waiting: Waiting, timeoutMs: number): void {
    this.renew(waiting, timeoutMs)
    waiting.watchIndex = this.#waiting.push(waiting) - 1
    if (!this.#isTicking) this.#startTick()
  }

  /** Begins the time anew, for one who has made progress. */
  renew(waiting: Waiting, timeoutMs: number): void {
    // Part of the present tick is gone already.
    waiting.deadline = this.#now + 1 + Math.ceil(timeoutMs / this.#tickMs)
  }

  /** Ends the watching; without effect when it has ended. */
  remove(waiting: Waiting): void {
    const index = waiting.watchIndex
    if (index < 0) return
    const last = this.#waiting.pop()!
    last.watchIndex = index
    if (last !== waiting) this.#waiting[index] = last
    waiting.watchIndex = -1
  }

  #startTick(): void {
    this.#isTicking = true
    setTimeout(() => this.#tick(), this.#tickMs).unref()
  }

  #tick(): void {
    this.#now++
    this.#isTicking = false
    for (const waiting of this.#waiting.filter(({ deadline }) => deadline <= this.#now)) {
      this.remove(waiting)
      waiting.stalled()
    }
    if (this.#waiting.length > 0 && !this.#isTicking) this.#startTick()
  }
}
