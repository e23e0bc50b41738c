import type { Dependencies, Dependency } from '../dependencies/dependency.ts'
import type { PartSchemas } from '../validation/part.ts'
import type { AnySchema } from '../validation/schema.ts'
import type { Merged, OperationDocs } from './contract.ts'
import { checkPath, checkWebSocketShape } from './contract-checks.ts'

/** What a contract for WebSockets says. */
export interface WebSocketShape
  extends
    Pick<PartSchemas, 'path' | 'query' | 'headers' | 'cookies'>,
    Pick<OperationDocs, 'tags' | 'summary' | 'description' | 'operationId' | 'deprecated' | 'includeInSchema'> {
  /** Each message of the peer, which is JSON. */
  readonly receive?: AnySchema
  /** Each message of the app, which is sent as JSON. */
  readonly send?: AnySchema
  /** By name, the endpoint gets their values; in a list, they only run. */
  readonly dependencies?: Dependencies | readonly Dependency[]
  /** Security schemes, and what depends on them; they run before everything else, and the endpoint gets no value. */
  readonly security?: readonly Dependency[]
}

/** What both peers of a WebSocket agree upon. Made by {@link websocketContract}. */
export class WebSocketContract<
  out Shape extends WebSocketShape = WebSocketShape,
  out At extends string | null = string | null,
> {
  /** `null` where the route names it. */
  readonly path: At
  readonly shape: Shape

  /** @throws TypeError for a shape that says what no contract for WebSockets can. */
  constructor(path: At, shape: Shape) {
    if (path !== null) checkPath(path)
    checkWebSocketShape(shape)
    this.path = path
    this.shape = shape
  }

  /** Returns a contract that says more, or something else. */
  with<const More extends WebSocketShape>(more: More): WebSocketContract<Merged<Shape, More>, At> {
    return new WebSocketContract(this.path, { ...this.shape, ...more })
  }
}

/**
 * Says what a WebSocket takes and gives, as a value that endpoints, tests and clients share. With a path a client can
 * connect by it; without one the route names it.
 *
 * @throws TypeError for a shape that says what no contract for WebSockets can.
 */
export function websocketContract<const Shape extends WebSocketShape>(shape: Shape): WebSocketContract<Shape, null>
export function websocketContract<const At extends string, const Shape extends WebSocketShape>(
  path: At,
  shape: Shape,
): WebSocketContract<Shape, At>
export function websocketContract(first: string | WebSocketShape, shape?: WebSocketShape): WebSocketContract {
  return typeof first === 'string' ? new WebSocketContract(first, shape ?? {}) : new WebSocketContract(null, first)
}
