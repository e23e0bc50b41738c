import { lifespanModes } from '../servers/lifespan-runner.ts'
import { defaultLimits, defaultWebSocketLimits } from '../servers/options.ts'
import type { Limits, WebSocketLimits } from '../servers/options.ts'
import { logLevels } from './logger.ts'
import {
  fieldValue,
  flag,
  header,
  limit,
  oneOf,
  port,
  rootPath,
  socketPath,
  text,
  timeLimit,
  wholeNumber,
  wholeNumberAboveZero,
} from './option-values.ts'
import type { RunOptions } from './run-options.ts'

/** One option of the command line: what help says of it, and what it does to the options of a run. */
export interface Option {
  /** Without the dashes. */
  readonly name: string
  /** The part of the help that it stands in. */
  readonly section: string
  /** What stands for the value in the help; `null` for a flag, which also has the form `--no-…`. */
  readonly value: string | null
  /** What the help says of it. */
  readonly help: string
  /** True when it may be given more than once; else the last one counts. */
  readonly repeatable?: boolean
  /** Puts a value in its place, or throws an error that says what is expected. */
  readonly apply: (options: RunOptions, value: string) => void
}

const listening = 'Where to listen'
const application = 'The app'
const answers = 'Answers'
const logs = 'Logs'
const limits = 'Limits (a number, or "none")'
const websockets = 'WebSockets'

const places: readonly Option[] = [
  {
    name: 'host',
    section: listening,
    value: 'ADDRESS',
    help: 'address (default 127.0.0.1; 0.0.0.0 for all)',
    apply: (options, value) => (options.serve.host = text(value)),
  },
  {
    name: 'port',
    section: listening,
    value: 'PORT',
    help: 'port (default 8000; 0 for any free one)',
    apply: (options, value) => (options.serve.port = port(value)),
  },
  {
    name: 'uds',
    section: listening,
    value: 'PATH',
    help: 'a Unix socket, in place of host and port',
    apply: (options, value) => (options.serve.uds = socketPath(value)),
  },
  {
    name: 'fd',
    section: listening,
    value: 'NUMBER',
    help: 'an inherited file descriptor that listens, in place of host and port',
    apply: (options, value) => (options.serve.fd = wholeNumber(value)),
  },
  {
    name: 'backlog',
    section: listening,
    value: 'NUMBER',
    help: 'connections that the system queues (default 2048)',
    apply: (options, value) => (options.serve.backlog = wholeNumberAboveZero(value)),
  },
]

const aboutTheApp: readonly Option[] = [
  {
    name: 'factory',
    section: application,
    value: null,
    help: 'the export is a function that makes the app',
    apply: (options, value) => (options.factory = flag(value)),
  },
  {
    name: 'lifespan',
    section: application,
    value: 'MODE',
    help: 'auto, on or off: whether start-up and shutdown are run (default auto: when the app knows them)',
    apply: (options, value) => (options.serve.lifespan = oneOf(lifespanModes, value)),
  },
  {
    name: 'root-path',
    section: application,
    value: 'PATH',
    help: 'the prefix under which a proxy exposes the app',
    apply: (options, value) => (options.serve.rootPath = rootPath(value)),
  },
]

const aboutAnswers: readonly Option[] = [
  {
    name: 'header',
    section: answers,
    value: 'NAME:VALUE',
    help: 'a field for every answer that does not set it (repeatable; in the environment one on each line)',
    repeatable: true,
    apply: (options, value) => options.headers.push(header(value)),
  },
  {
    name: 'date-header',
    section: answers,
    value: null,
    help: 'a "date" field (default)',
    apply: (options, value) => (options.serve.dateHeader = flag(value)),
  },
  {
    name: 'server-header',
    section: answers,
    value: 'VALUE',
    help: 'a "server" field (default none)',
    apply: (options, value) => (options.serve.serverHeader = fieldValue(value)),
  },
]

const aboutLogs: readonly Option[] = [
  {
    name: 'log-level',
    section: logs,
    value: 'LEVEL',
    help: `${logLevels.join(', ')}: what is told on stderr (default info)`,
    apply: (options, value) => (options.logLevel = oneOf(logLevels, value.toLowerCase())),
  },
  {
    name: 'access-log',
    section: logs,
    value: null,
    help: 'a line on stdout for each request and WebSocket (default)',
    apply: (options, value) => (options.accessLog = flag(value)),
  },
]

const limitHelp: Readonly<Record<keyof Limits, string>> = {
  maxHeaderBytes: 'bytes of a request line and its fields',
  maxHeaderCount: 'fields of a request',
  headersTimeoutMs: 'for the head of a request to arrive',
  requestTimeoutMs: 'for a whole request to arrive',
  keepAliveTimeoutMs: 'for which an idle connection is kept',
  maxRequestsPerConnection: 'requests after which a connection is closed',
  maxConnections: 'open connections; more are closed at once',
  maxConcurrentRequests: 'app calls at the same time; more are answered 503',
  maxDiscardedBytes: 'unread bytes of a body that are discarded to keep a connection',
  shutdownTimeoutMs: 'for requests to end once the server stops',
}

const websocketHelp: Readonly<Record<keyof Omit<WebSocketLimits, 'compression'>, string>> = {
  maxMessageBytes: 'bytes of a message',
  maxFragments: 'frames of a message',
  pingIntervalMs: 'between pings',
  pongTimeoutMs: 'for the answer to a ping',
  closeTimeoutMs: 'for the answer to a close',
  sendBufferBytes: 'unsent bytes above which the app waits',
}

const aboutLimits: readonly Option[] = keysOf(limitHelp).map((key) => ({
  name: kebabCase(key),
  section: limits,
  value: unitOf(key),
  help: `${limitHelp[key]} (default ${shown(defaultLimits[key])})`,
  apply: (options, value) => (options.limits[key] = limitReaderOf(key)(value)),
}))

const aboutWebSockets: readonly Option[] = [
  ...keysOf(websocketHelp).map((key): Option => ({
    name: `websocket-${kebabCase(key)}`,
    section: websockets,
    value: unitOf(key),
    help: `${websocketHelp[key]} (default ${shown(defaultWebSocketLimits[key])})`,
    apply: (options, value) => (options.websocket[key] = limitReaderOf(key)(value)),
  })),
  {
    name: 'websocket-compression',
    section: websockets,
    value: null,
    help: 'offer permessage-deflate (default off)',
    apply: (options, value) => (options.websocket.compression = flag(value)),
  },
]

/** Every option of `stelline run`, in the order of its help. */
export const optionTable: readonly Option[] = [
  ...places,
  ...aboutTheApp,
  ...aboutAnswers,
  ...aboutLogs,
  ...aboutLimits,
  ...aboutWebSockets,
]

/** The environment variable that stands for an option. */
export function environmentName(option: string): string {
  return `STELLINE_${option.replaceAll('-', '_').toUpperCase()}`
}

function keysOf<Key extends string>(table: Readonly<Record<Key, string>>): Key[] {
  return Object.keys(table) as Key[]
}

function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function unitOf(key: string): string {
  if (key.endsWith('Ms')) return 'MS'
  return key.endsWith('Bytes') ? 'BYTES' : 'NUMBER'
}

function limitReaderOf(key: string): (value: string) => number {
  return key.endsWith('Ms') ? timeLimit : limit
}

function shown(value: number): string {
  return value === Infinity ? 'none' : String(value)
}
