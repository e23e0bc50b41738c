import type { FlatHeaders } from './http-transport.ts'

/** What an answer says when the connection stays open after it. */
export interface KeepAliveText {
  readonly fields: FlatHeaders
  /** The same as lines, each with its end. */
  readonly lines: string
}

/** For answers after which the connection closes, or whose connection is none of our business. */
export const noKeepAlive: KeepAliveText = { fields: [], lines: '' }

/** Clients that know the time, in ms, do not send on a connection that is about to close. */
export function keepAliveTextOf(timeoutMs: number): KeepAliveText {
  // The field counts whole seconds: less than one cannot be said.
  const seconds = timeoutMs === Infinity ? 0 : Math.floor(timeoutMs / 1000)
  const fields = ['connection', 'keep-alive']
  if (seconds === 0) return { fields, lines: 'connection: keep-alive\r\n' }
  return {
    fields: [...fields, 'keep-alive', `timeout=${seconds}`],
    lines: `connection: keep-alive\r\nkeep-alive: timeout=${seconds}\r\n`,
  }
}
