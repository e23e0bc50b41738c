import type { Request } from '../../request/request.ts'
import type { ValuesOf } from '../dependencies/dependency.ts'
import type { EndpointResult } from '../endpoint.ts'
import type { PartValues } from '../validation/part.ts'
import type { AnySchema } from '../validation/schema.ts'
import type { ContractShape } from './contract.ts'
import type { reply, Reply, ReplyOptions } from './reply.ts'
import type { ByStatus, ContentOf } from './response-declaration.ts'
import type { ResponseDraft } from './response-draft.ts'

/** What an endpoint with a contract gets: what was declared, validated, and the request itself. */
export type ContractInput<Shape, Params = Record<string, unknown>, State = Record<string, unknown>> = {
  readonly request: Request<Params, State>
  /** Status and fields for the answer that is made of a plain value. */
  readonly response: ResponseDraft
  /** Answers with a declared status, and with the content that is declared for it. */
  readonly reply: ReplyFunction<Shape>
} & PathValues<Shape, Params> &
  PartValues<Shape> &
  DependencyValues<Shape>

/** The parameters of the path literal, unless the contract has a schema for them. */
type PathValues<Shape, Params> = Shape extends { readonly path: AnySchema } ? unknown : { readonly params: Params }

/** The values of what a contract names as its dependencies. */
export type DependencyValues<Shape> = Shape extends { readonly dependencies: infer Declared }
  ? Declared extends readonly unknown[]
    ? unknown
    : ValuesOf<Declared>
  : unknown

/** What such an endpoint may give: a response, a declared answer with its status, or the plain value of a declared success. */
export type ContractResult<Shape> = Shape extends { readonly responses: infer Declared }
  ? EndpointResult | ReplyTo<ByStatus<Declared>> | Success<ByStatus<Declared>>
  : unknown

/** What {@link reply} may give for declared answers. */
export type ReplyTo<Declared> = {
  [Status in keyof Declared]: Status extends number ? Reply<Status, ContentOf<Declared[Status]>> : never
}[keyof Declared]

/** {@link reply} for the answers of a contract; any, where it declares none. */
export type ReplyFunction<Shape> = Shape extends { readonly responses: infer Declared }
  ? ReplyAmong<ByStatus<Declared>>
  : typeof reply

type ReplyAmong<Declared> = <const Status extends Extract<keyof Declared, number>>(
  status: Status,
  ...content: ContentArguments<Declared[Status]>
) => Reply<Status, ContentOf<Declared[Status]>>

type ContentArguments<Declared> = Declared extends null
  ? [value?: undefined, options?: ReplyOptions]
  : [value: ContentOf<Declared>, options?: ReplyOptions]

type SuccessStatus = 200 | 201 | 202 | 203 | 204 | 205 | 206 | 207 | 208 | 226

type Success<Declared> =
  Extract<keyof Declared, SuccessStatus> extends never
    ? unknown
    : ContentOf<Declared[Extract<keyof Declared, SuccessStatus>]>

/** Answers a request as a contract says. */
export type ContractFunction<
  Shape extends ContractShape = ContractShape,
  Params = Record<string, unknown>,
  State = Record<string, unknown>,
> = (input: ContractInput<Shape, Params, State>) => ContractResult<Shape> | Promise<ContractResult<Shape>>
