import type { Contract, ContractShape, Method } from '../endpoint/contract/contract.ts'
import type { WebSocketContract, WebSocketShape } from '../endpoint/contract/websocket-contract.ts'
import type { InputOf, OutputOf } from '../endpoint/validation/schema.ts'
import type { AnswerOf, SuccessOf } from './answer.ts'
import type { CallInput, ConnectInput, OneInput } from './call-input.ts'
import type { ClientSocket } from './client-socket.ts'
import type { JSONForm } from './json-form.ts'

/** A contract that a client can call by. */
export type CallableContract = Contract<ContractShape, string, Method> | WebSocketContract<WebSocketShape, string>

/** Contracts by the names that a client calls them by, in groups or not. */
export interface ContractTable {
  readonly [name: string]: CallableContract | ContractTable
}

/** A function for each contract of a table, under the same names. The type of one depends on its own contract alone. */
export type Client<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends Contract<infer Shape, infer At extends string, infer By>
    ? Call<Shape, At, By>
    : Table[Name] extends WebSocketContract<infer Shape, infer At extends string>
      ? Connect<Shape, At>
      : Client<Table[Name]>
}

/** Calls the operation of a contract. */
export interface Call<Shape, At extends string = string, By = unknown> {
  /**
   * Resolves with one of the answers that the contract declares, told apart by `status`.
   *
   * @throws `UnexpectedAnswer` for a status that the contract does not declare.
   * @throws `InvalidAnswer` for content that cannot be read as declared, or that validation finds wrong.
   * @throws TypeError for input that cannot be sent; what the platform throws when there is no answer.
   */
  (...input: OneInput<CallInput<Shape, At>>): Promise<AnswerOf<Shape, By>>
  /**
   * Resolves with the content of a success.
   *
   * @throws `UnexpectedAnswer` for every other status, and what the call itself throws.
   */
  ok(...input: OneInput<CallInput<Shape, At>>): Promise<SuccessOf<Shape, By>>
}

/** Opens the WebSocket of a contract. Resolves when the server has accepted it. */
export type Connect<Shape, At extends string = string> = (
  ...input: OneInput<ConnectInput<Shape, At>>
) => Promise<ClientSocket<Heard<Shape>, Said<Shape>>>

type Heard<Shape> = Shape extends { readonly send: infer S } ? JSONForm<OutputOf<S>> : unknown
type Said<Shape> = Shape extends { readonly receive: infer S } ? InputOf<S> : unknown
