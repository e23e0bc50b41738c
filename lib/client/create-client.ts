import { Contract } from '../endpoint/contract/contract.ts'
import { WebSocketContract } from '../endpoint/contract/websocket-contract.ts'
import { show } from '../spec/violations.ts'
import { AppDoor } from './app-door.ts'
import type { FetchApp } from './app-door.ts'
import type { CallableContract, Client, ContractTable } from './client.ts'
import type { Door } from './door.ts'
import { NetworkDoor } from './network-door.ts'
import type { FetchFunction } from './network-door.ts'
import { Operation, SocketOperation } from './operation.ts'
import type { AnyInput, OperationSettings } from './operation.ts'
import type { FieldsInit } from './request-fields.ts'
import type { ParamFormatters } from './request-path.ts'
import { TestDoor } from './test-door.ts'
import type { TestClientLike } from './test-door.ts'
import type { WebSocketFactory } from './web-socket-factory.ts'

/** How a client reaches its server: at `baseUrl`, or in `app`. */
export type ClientOptions = ClientSettings & (NetworkPlace | AppPlace)

/** A server that is called over the network. */
interface NetworkPlace {
  /** What stands before every path: `https://example.org/api`, or a path in a browser. */
  readonly baseUrl: string
  readonly app?: never
}

/** An app that is called without sockets. */
interface AppPlace {
  /** A `TestClient`, or whatever has a `fetch`, as applications do. */
  readonly app: TestClientLike | FetchApp
  /** What stands before every path. */
  readonly baseUrl?: string
}

/** What a client does wherever its server is. */
interface ClientSettings {
  /**
   * Fields of every request, `authorization` for one; or a function that is asked for them before each. WebSockets of the
   * platform go without them.
   */
  readonly headers?: FieldsInit | (() => FieldsInit | Promise<FieldsInit>)
  /** Default: that of the platform. */
  readonly fetch?: FetchFunction
  /** Opens WebSockets. Default: those of the platform, which cannot send fields of one's own. */
  readonly webSocket?: WebSocketFactory
  /** Converters of paths besides the built-in ones, by their names. */
  readonly converters?: ParamFormatters
  /** Checks what arrives with the schemas of the contracts. Default false. */
  readonly validateAnswers?: boolean
}

/**
 * Makes a client of contracts: a function for each, under the same names. Nothing of a server is needed for it.
 *
 * @example
 * const client = createClient({ createItem, items: { list } }, { baseUrl: 'https://example.org' })
 * const answer = await client.createItem({ body: { name: 'tea' } })
 * if (answer.status === 201) console.log(answer.data.id)
 *
 * @throws TypeError for what is no contract, for one without a method or a path, and for options that cannot be.
 */
export function createClient<const Table extends ContractTable>(
  contracts: Table,
  options: ClientOptions,
): Client<Table> {
  const { headers = {}, converters = {}, validateAnswers = false } = options
  const settings: OperationSettings = {
    door: doorOf(options),
    headers: typeof headers === 'function' ? headers : () => headers,
    converters,
    validates: validateAnswers,
  }
  return clientOf(contracts, settings, '') as Client<Table>
}

function doorOf({ app, baseUrl, fetch, webSocket }: ClientOptions): Door {
  if (app === undefined) {
    // Who writes no TypeScript may have left it out.
    if ((baseUrl as string | undefined) === undefined) {
      throw new TypeError('Cannot make a client: expected "baseUrl" or "app" among the options')
    }
    return new NetworkDoor({
      baseUrl,
      fetch: fetch ?? ((url, init) => globalThis.fetch(url, init)),
      webSocket: webSocket ?? null,
    })
  }
  if ('request' in app && typeof app.request === 'function') return new TestDoor(app, baseUrl ?? '')
  if ('fetch' in app && typeof app.fetch === 'function') return new AppDoor(app, baseUrl ?? '')
  throw new TypeError(`Cannot make a client for ${show(app)}: expected a TestClient, or an app with a fetch`)
}

function clientOf(table: ContractTable, settings: OperationSettings, group: string): object {
  if (typeof table !== 'object' || table === null || Array.isArray(table)) throw notCallable(group, table)
  const entries = Object.entries(table).map(([name, entry]) => {
    const place = group === '' ? name : `${group}.${name}`
    return [name, isContract(entry) ? functionOf(entry, settings, place) : clientOf(entry, settings, place)] as const
  })
  return Object.fromEntries(entries)
}

function isContract(entry: unknown): entry is CallableContract {
  return entry instanceof Contract || entry instanceof WebSocketContract
}

function functionOf(entry: CallableContract, settings: OperationSettings, place: string): unknown {
  if (typeof entry.path !== 'string') throw withoutPlace(place)
  if (entry instanceof WebSocketContract) {
    const socket = new SocketOperation(entry, settings)
    return (input?: AnyInput) => socket.open(input)
  }
  const operation = new Operation(entry, settings)
  const call = (input?: AnyInput): unknown => operation.call(input)
  return Object.assign(call, { ok: (input?: AnyInput) => operation.ok(input) })
}

function withoutPlace(place: string): TypeError {
  return new TypeError(
    `Cannot make a client of ${show(place)}: the contract has no method and path, expected contract(method, path, …)`,
  )
}

function notCallable(place: string, value: unknown): TypeError {
  return new TypeError(
    `Cannot make a client of ${place === '' ? 'the contracts' : show(place)}: it is ${show(value)}, ` +
      'expected a contract or an object of contracts',
  )
}
