import { inspect } from 'node:util'
import type { ServerLog } from '../servers/server-log.ts'

/** From the quietest to the most talkative. */
export const logLevels = ['silent', 'error', 'warn', 'info'] as const

/** What is logged: a level and everything graver. */
export type LogLevel = (typeof logLevels)[number]

/** Writes what the operator should know as lines `info: …`, and errors with their stack. */
export class Logger implements ServerLog {
  readonly #level: number
  readonly #write: (text: string) => void

  constructor(level: LogLevel, write: (text: string) => void) {
    this.#level = logLevels.indexOf(level)
    this.#write = write
  }

  info(message: string): void {
    this.#log('info', message)
  }

  warn(message: string, error?: unknown): void {
    this.#log('warn', message, error)
  }

  error(message: string, error?: unknown): void {
    this.#log('error', message, error)
  }

  #log(level: LogLevel, message: string, error?: unknown): void {
    if (logLevels.indexOf(level) > this.#level) return
    const stack = error === undefined ? '' : `\n${inspect(error, { colors: false })}`
    this.#write(`${level}: ${withoutControls(message + stack)}\n`)
  }
}

/** Text of an error may come from a client. Its lines stay, what speaks to a terminal does not. */
function withoutControls(text: string): string {
  return text.replace(/[^\n\t\x20-\x7e\xa0-\u2027\u202a-\uffff]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
}
