import type { WebSocket } from '../../request/websocket.ts'
import { show } from '../../spec/violations.ts'
import { ConnectionCall, readParts } from '../dependencies/connection-call.ts'
import type { NamedValues } from '../dependencies/connection-call.ts'
import { bodyReaderIn } from '../dependencies/body-needs.ts'
import { waitingDependencies } from '../dependencies/open-dependencies.ts'
import { OverridablePlan } from '../dependencies/overridable-plan.ts'
import { runPlan } from '../dependencies/run-plan.ts'
import type { WebSocketFunction } from '../endpoint.ts'
import { partReaders } from '../validation/part-reader.ts'
import { checkJSON } from './json-gap.ts'
import { MessageSocket } from './message-socket.ts'
import type { MessageSchemas } from './message-socket.ts'
import { neededRoots } from './needed-roots.ts'
import { strippingSchema } from './stripping-schema.ts'
import type { WebSocketContract, WebSocketShape } from './websocket-contract.ts'
import type { WebSocketContractFunction } from './websocket-function.ts'

const contracts = new WeakMap<object, WebSocketContract>()

/** Returns the contract of an endpoint for WebSockets; `null` for one without. */
export function websocketContractOf(endpoint: unknown): WebSocketContract | null {
  return typeof endpoint === 'function' ? (contracts.get(endpoint) ?? null) : null
}

/**
 * Makes an endpoint for WebSockets that keeps a contract: what is wrong with the handshake closes it with 1008 before the
 * accept, which the peer sees as a 403.
 *
 * @throws TypeError for a function that is none, for dependencies in a circle, for one that reads a body, and for messages
 * that JSON does not have.
 */
export function websocketContractEndpoint<Shape extends WebSocketShape, Params, State>(
  contract: WebSocketContract<Shape>,
  endpoint: WebSocketContractFunction<Shape, Params, State>,
): WebSocketFunction<Params, State> {
  if (typeof endpoint !== 'function') {
    throw new TypeError(`Cannot make an endpoint of ${show(endpoint)}: expected a function`)
  }
  const { shape } = contract
  const plan = new OverridablePlan(neededRoots(shape))
  const reading = bodyReaderIn(plan.plan)
  if (reading !== null) {
    throw new TypeError(
      `Cannot make an endpoint for WebSockets with the dependency ${show(reading.name)}: it reads the body, which a WebSocket does not have`,
    )
  }
  const { path, query, headers, cookies } = shape
  const readers = partReaders({ path, query, headers, cookies })
  const messages = messageSchemas(shape)
  const handle = async (given: WebSocket<Params, State>): Promise<void> => {
    const connection = given as unknown as WebSocket
    const call = new ConnectionCall(connection)
    const values: NamedValues = {
      params: connection.pathParams,
      websocket: new MessageSocket(connection, messages, call),
    }
    await runPlan(plan.for(connection), call, values)
    await readParts(readers, { call, values }, () => call.check())
    await endpoint(values as Parameters<typeof endpoint>[0])
    await waitingDependencies(connection.scope)?.endAll()
  }
  Object.defineProperty(handle, 'name', { value: endpoint.name })
  contracts.set(handle, contract)
  return handle
}

/** What is done with the schemas of messages once, when a route is made. */
function messageSchemas(shape: WebSocketShape): MessageSchemas {
  const { send } = shape
  if (send === undefined) return shape
  checkJSON('declare the messages to send', send)
  return { ...shape, send: strippingSchema(send) }
}
