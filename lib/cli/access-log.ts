import type { AccessRecord } from '../servers/access-record.ts'
import { escapeControl } from './escape-control.ts'

/**
 * Formats a request as `127.0.0.1:1234 - "GET /path HTTP/1.1" 200 12ms`. The method of a WebSocket is `WEBSOCKET`; `-`
 * stands for a client without an address, and for the status of a request whose client left before its answer.
 */
export function formatAccess({
  protocol,
  client,
  method,
  target,
  httpVersion,
  status,
  durationMs,
}: AccessRecord): string {
  const what = `${protocol === 'websocket' ? 'WEBSOCKET' : escapeControl(method)} ${escapeControl(target)}`
  return `${formatClient(client)} - "${what} HTTP/${httpVersion}" ${status === 0 ? '-' : status} ${Math.round(durationMs)}ms`
}

function formatClient(client: AccessRecord['client']): string {
  if (client === null) return '-'
  const host = escapeControl(client[0])
  return `${host.includes(':') ? `[${host}]` : host}:${client[1]}`
}

/** Writes a line for each answered request and each ended WebSocket, all those of one turn in one piece. */
export class AccessLog {
  readonly #write: (text: string) => void
  #lines = ''

  constructor(write: (text: string) => void) {
    this.#write = write
  }

  /** Takes a record. Its line is written at the end of this turn of the event loop. */
  add(record: AccessRecord): void {
    if (this.#lines === '') setImmediate(() => this.flush())
    this.#lines += `${formatAccess(record)}\n`
  }

  /** Writes what is waiting. */
  flush(): void {
    const lines = this.#lines
    this.#lines = ''
    if (lines !== '') this.#write(lines)
  }
}
