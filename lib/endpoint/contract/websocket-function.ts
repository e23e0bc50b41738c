import type { PartValues } from '../validation/part.ts'
import type { AnySchema, InputOf, OutputOf } from '../validation/schema.ts'
import type { DependencyValues } from './contract-function.ts'
import type { MessageSocket } from './message-socket.ts'
import type { WebSocketShape } from './websocket-contract.ts'

/** What an endpoint with a contract for WebSockets gets. */
export type WebSocketInput<Shape, Params = Record<string, unknown>, State = Record<string, unknown>> = {
  readonly websocket: MessageSocket<Received<Shape>, Sent<Shape>, Params, State>
} & (Shape extends { readonly path: AnySchema } ? unknown : { readonly params: Params }) &
  PartValues<Shape> &
  DependencyValues<Shape>

type Received<Shape> = Shape extends { readonly receive: infer S } ? OutputOf<S> : unknown
type Sent<Shape> = Shape extends { readonly send: infer S } ? InputOf<S> : unknown

/** Talks to the peer of a WebSocket as a contract says. */
export type WebSocketContractFunction<
  Shape extends WebSocketShape = WebSocketShape,
  Params = Record<string, unknown>,
  State = Record<string, unknown>,
> = (input: WebSocketInput<Shape, Params, State>) => void | Promise<void>
