import { Contract } from '../lib/endpoint/contract/contract.ts'
import type { ContractShape, Method } from '../lib/endpoint/contract/contract.ts'
import { contractEndpoint } from '../lib/endpoint/contract/contract-endpoint.ts'
import type { ContractFunction } from '../lib/endpoint/contract/contract-function.ts'
import { WebSocketContract } from '../lib/endpoint/contract/websocket-contract.ts'
import type { WebSocketShape } from '../lib/endpoint/contract/websocket-contract.ts'
import { websocketContractEndpoint } from '../lib/endpoint/contract/websocket-contract-endpoint.ts'
import type { WebSocketContractFunction } from '../lib/endpoint/contract/websocket-function.ts'
import type { Endpoint, WebSocketFunction } from '../lib/endpoint/endpoint.ts'
import { show } from '../lib/spec/violations.ts'
import type { AnyPath } from './path-pattern.ts'
import type { PathParams } from '../lib/endpoint/contract/path-params.ts'
import { Route } from './route.ts'
import type { RouteOptions } from './route.ts'
import { WebSocketRoute } from './websocket-route.ts'
import type { WebSocketRouteOptions } from './websocket-route.ts'

/** Options of a route whose contract has the method. */
export type ContractRouteOptions<Name extends string | null = string | null> = Omit<RouteOptions<Name>, 'methods'>

/**
 * Makes a route of a contract with a method and a path, for tables of routes.
 *
 * @throws TypeError for a contract without them, and for what {@link Route} refuses.
 */
export function contractRoute<
  const At extends string,
  const Shape extends ContractShape,
  State = Record<string, unknown>,
  const Name extends string | null = null,
>(
  contract: Contract<Shape, At, Method>,
  endpoint: ContractFunction<Shape, PathParams<At>, State>,
  options: ContractRouteOptions<Name> = {},
): Route<At, State, Name> {
  const { method, path } = contract
  if (typeof method !== 'string' || typeof path !== 'string') {
    throw new TypeError(
      'Cannot make a route of a contract without a method and a path: expected contract(method, path, …)',
    )
  }
  const kept = contractEndpoint(contract, endpoint) as unknown as Endpoint
  return new Route<At, State, Name>(path, kept as never, { ...options, methods: [method] })
}

/**
 * Makes a route of a contract for WebSockets with a path, for tables of routes.
 *
 * @throws TypeError for a contract without one, and for what {@link WebSocketRoute} refuses.
 */
export function websocketContractRoute<
  const At extends string,
  const Shape extends WebSocketShape,
  State = Record<string, unknown>,
  const Name extends string | null = null,
>(
  contract: WebSocketContract<Shape, At>,
  endpoint: WebSocketContractFunction<Shape, PathParams<At>, State>,
  options: WebSocketRouteOptions<Name> = {},
): WebSocketRoute<At, State, Name> {
  const { path } = contract
  if (typeof path !== 'string') {
    throw new TypeError('Cannot make a route of a contract without a path: expected websocketContract(path, …)')
  }
  const kept = websocketContractEndpoint(contract, endpoint) as unknown as WebSocketFunction
  return new WebSocketRoute<At, State, Name>(path, kept as never, options)
}

/**
 * Returns the contract that a route is given, which may be its shape alone.
 *
 * @throws TypeError for one that is made for another method or path.
 */
export function contractFor(method: string, path: AnyPath, given: ContractShape | Contract): Contract {
  const source = typeof path === 'string' ? path : path.source
  if (typeof given !== 'object' || given === null) throw noEndpoint(`route ${method} ${show(source)}`, given)
  const contract = given instanceof Contract ? given : new Contract(null, null, given)
  const isOther = (contract.method ?? method) !== method || (contract.path ?? source) !== source
  if (!isOther) return contract
  throw new TypeError(
    `Cannot add the route ${method} ${show(source)}: its contract is for ${contract.method} ${show(contract.path)}`,
  )
}

/** As {@link contractFor}, for WebSockets. */
export function websocketContractFor(path: AnyPath, given: WebSocketShape | WebSocketContract): WebSocketContract {
  const source = typeof path === 'string' ? path : path.source
  if (typeof given !== 'object' || given === null) throw noEndpoint(`WebSocket route ${show(source)}`, given)
  const contract = given instanceof WebSocketContract ? given : new WebSocketContract(null, given)
  if ((contract.path ?? source) === source) return contract
  throw new TypeError(`Cannot add the WebSocket route ${show(source)}: its contract is for ${show(contract.path)}`)
}

function noEndpoint(route: string, given: unknown): TypeError {
  return new TypeError(
    `Cannot add the ${route}: the endpoint is ${show(given)}, expected a function, or a contract and a function`,
  )
}
