import type { FlatHeaders } from './http-transport.ts'
import type { ServerLog } from './server-log.ts'

/** What every exchange of a server shares. */
export interface ExchangeSettings {
  readonly log: ServerLog
  /** Fields of every answer that does not set them itself. */
  readonly defaultHeaders: FlatHeaders
  /** True while the server drains: answers then close their connection. */
  draining: boolean
}
