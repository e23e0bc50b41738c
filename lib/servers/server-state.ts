import type { ASGIApp } from '../spec/app.ts'
import type { AccessRecord } from './access-record.ts'
import type { ExchangeSettings } from './exchange-settings.ts'
import type { KeepAliveText } from './keep-alive-text.ts'
import type { Limits, WebSocketLimits } from './options.ts'
import type { ShutdownSignal } from './signals.ts'

/** What all connections of one server share. */
export interface ServerState extends ExchangeSettings {
  readonly app: ASGIApp
  readonly limits: Limits
  readonly websocketLimits: WebSocketLimits
  readonly rootPath: string
  readonly dateHeader: boolean
  readonly keepAlive: KeepAliveText
  readonly shutdown: ShutdownSignal
  readonly onAccess: ((record: AccessRecord) => void) | null
  /** What the lifespan yielded. */
  readonly lifespanState: Readonly<Record<string, unknown>>
  /** App calls that have not returned. */
  running: number
  /** Called when `running` falls to 0. */
  onIdle: () => void
}
