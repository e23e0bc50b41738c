import type { Limits, ServeOptions, WebSocketLimits } from '../servers/options.ts'
import type { LogLevel } from './logger.ts'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** What `stelline run` was asked for. */
export interface RunOptions {
  /** `MODULE[:EXPORT]`. */
  app: string
  /** Whether the export is a function that makes the app. */
  factory: boolean
  /** What is told on stderr. */
  logLevel: LogLevel
  /** Whether there is a line on stdout for each request and WebSocket. */
  accessLog: boolean
  /** Options of the server, apart from those below. */
  readonly serve: Mutable<Omit<ServeOptions, keyof Limits | 'websocket' | 'headers'>>
  readonly limits: Mutable<Partial<Limits>>
  readonly websocket: Mutable<Partial<WebSocketLimits>>
  readonly headers: (readonly [name: string, value: string])[]
}

/** The options of a command line without any, apart from the app. */
export function defaultRunOptions(): RunOptions {
  return {
    app: '',
    factory: false,
    logLevel: 'info',
    accessLog: true,
    serve: {},
    limits: {},
    websocket: {},
    headers: [],
  }
}
