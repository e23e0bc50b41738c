import { constants } from 'node:os'

const names: readonly NodeJS.Signals[] =
  /* c8 ignore next -- one branch for each system */
  process.platform === 'win32' ? ['SIGINT', 'SIGTERM', 'SIGBREAK'] : ['SIGINT', 'SIGTERM']

/** The part of a process that signals come from. */
export type SignalSource = Pick<NodeJS.Process, 'on' | 'off'>

/** Takes the signals that ask a process to stop, and tells how often one came. */
export class StopSignals {
  /** The signal that came last; `null` before the first. */
  last: NodeJS.Signals | null = null
  readonly #source: SignalSource
  readonly #onSignal: (count: number) => void
  #count = 0

  constructor(source: SignalSource, onSignal: (count: number) => void) {
    this.#source = source
    this.#onSignal = onSignal
    for (const name of names) source.on(name, this.#take)
  }

  readonly #take = (name: NodeJS.Signals): void => {
    this.last = name
    this.#count += 1
    this.#onSignal(this.#count)
  }

  /** Gives the signals back to whom they would go without this. */
  release(): void {
    for (const name of names) this.#source.off(name, this.#take)
  }
}

/** The exit code that stands for the end by a signal. */
export function exitCodeOf(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}
