import type { Contract, ContractShape, Method } from '../lib/endpoint/contract/contract.ts'
import { contractEndpoint } from '../lib/endpoint/contract/contract-endpoint.ts'
import type { ContractFunction } from '../lib/endpoint/contract/contract-function.ts'
import type { Endpoint } from '../lib/endpoint/endpoint.ts'
import type { Request } from '../lib/request/request.ts'
import { contractFor } from './contract-route.ts'
import type { AnyPath, ParamsOf } from './path-pattern.ts'
import { RouteTable } from './route-table.ts'
import { Route } from './route.ts'
import type { RouteOptions } from './route.ts'

/** Options of a route whose method is given already. */
export type MethodOptions = Omit<RouteOptions, 'methods'>

/**
 * A table with a way to add routes for each method. The last overload of each is for the compiler, which explains by it what is
 * wrong with a call.
 */
export class MethodTable<State = Record<string, unknown>> extends RouteTable {
  /** Adds a route for GET and HEAD. */
  get<const Path extends AnyPath>(path: Path, endpoint: Endpoint<ParamsOf<Path>, State>, options?: MethodOptions): this
  get<const Path extends AnyPath, const Shape extends ContractShape>(
    path: Path,
    contract: Shape | Contract<Shape>,
    endpoint: ContractFunction<Shape, ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this
  get<const Path extends AnyPath, const Given extends ContractShape | PlainEndpoint<Path, State>>(
    path: Path,
    contract: GivenContract<Given, Endpoint<ParamsOf<Path>, State>>,
    endpoint: GivenEndpoint<Given, ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this
  get(path: AnyPath, ...rest: VerbArguments): this {
    return this.#add('GET', path, rest)
  }

  /** Adds a route for POST. */
  post<const Path extends AnyPath>(path: Path, endpoint: Endpoint<ParamsOf<Path>, State>, options?: MethodOptions): this
  post<const Path extends AnyPath, const Shape extends ContractShape>(
    path: Path,
    contract: Shape | Contract<Shape>,
    endpoint: ContractFunction<Shape, ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this
  post<const Path extends AnyPath, const Given extends ContractShape | PlainEndpoint<Path, State>>(
    path: Path,
    contract: GivenContract<Given, Endpoint<ParamsOf<Path>, State>>,
    endpoint: GivenEndpoint<Given, ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this
  post(path: AnyPath, ...rest: VerbArguments): this {
    return this.#add('POST', path, rest)
  }

  /** Adds a route for PUT. */
  put<const Path extends AnyPath>(path: Path, endpoint: Endpoint<ParamsOf<Path>, State>, options?: MethodOptions): this
  put<const Path extends AnyPath, const Shape extends ContractShape>(
    path: Path,
    contract: Shape | Contract<Shape>,
    endpoint: ContractFunction<Shape, ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this
  put<const Path extends AnyPath, const Given extends ContractShape | PlainEndpoint<Path, State>>(
    path: Path,
    contract: GivenContract<Given, Endpoint<ParamsOf<Path>, State>>,
    endpoint: GivenEndpoint<Given, ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this
  put(path: AnyPath, ...rest: VerbArguments): this {
    return this.#add('PUT', path, rest)
  }

  /** Adds a route for PATCH. */
  patch<const Path extends AnyPath>(
    path: Path,
    endpoint: Endpoint<ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this
  patch<const Path extends AnyPath, const Shape extends ContractShape>(
    path: Path,
    contract: Shape | Contract<Shape>,
    endpoint: ContractFunction<Shape, ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this
  patch<const Path extends AnyPath, const Given extends ContractShape | PlainEndpoint<Path, State>>(
    path: Path,
    contract: GivenContract<Given, Endpoint<ParamsOf<Path>, State>>,
    endpoint: GivenEndpoint<Given, ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this
  patch(path: AnyPath, ...rest: VerbArguments): this {
    return this.#add('PATCH', path, rest)
  }

  /** Adds a route for DELETE. */
  delete<const Path extends AnyPath>(
    path: Path,
    endpoint: Endpoint<ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this
  delete<const Path extends AnyPath, const Shape extends ContractShape>(
    path: Path,
    contract: Shape | Contract<Shape>,
    endpoint: ContractFunction<Shape, ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this
  delete<const Path extends AnyPath, const Given extends ContractShape | PlainEndpoint<Path, State>>(
    path: Path,
    contract: GivenContract<Given, Endpoint<ParamsOf<Path>, State>>,
    endpoint: GivenEndpoint<Given, ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this
  delete(path: AnyPath, ...rest: VerbArguments): this {
    return this.#add('DELETE', path, rest)
  }

  /** Adds a route for OPTIONS. */
  options<const Path extends AnyPath>(
    path: Path,
    endpoint: Endpoint<ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this
  options<const Path extends AnyPath, const Shape extends ContractShape>(
    path: Path,
    contract: Shape | Contract<Shape>,
    endpoint: ContractFunction<Shape, ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this
  options<const Path extends AnyPath, const Given extends ContractShape | PlainEndpoint<Path, State>>(
    path: Path,
    contract: GivenContract<Given, Endpoint<ParamsOf<Path>, State>>,
    endpoint: GivenEndpoint<Given, ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this
  options(path: AnyPath, ...rest: VerbArguments): this {
    return this.#add('OPTIONS', path, rest)
  }

  /**
   * Adds a route for QUERY: a safe request with a body.
   *
   * @see https://datatracker.ietf.org/doc/draft-ietf-httpbis-safe-method-w-body/
   */
  query<const Path extends AnyPath>(
    path: Path,
    endpoint: Endpoint<ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this
  query<const Path extends AnyPath, const Shape extends ContractShape>(
    path: Path,
    contract: Shape | Contract<Shape>,
    endpoint: ContractFunction<Shape, ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this
  query<const Path extends AnyPath, const Given extends ContractShape | PlainEndpoint<Path, State>>(
    path: Path,
    contract: GivenContract<Given, Endpoint<ParamsOf<Path>, State>>,
    endpoint: GivenEndpoint<Given, ParamsOf<Path>, State>,
    options?: MethodOptions,
  ): this
  query(path: AnyPath, ...rest: VerbArguments): this {
    return this.#add('QUERY', path, rest)
  }

  #add(method: Method, path: AnyPath, [first, second, third]: VerbArguments): this {
    if (isTarget(first)) return this.#route(method, path, first as Endpoint, second as MethodOptions | undefined)
    const contract = contractFor(method, path, first as ContractShape | Contract)
    return this.#route(method, path, contractEndpoint(contract, second as ContractFunction), third)
  }

  #route(method: Method, path: AnyPath, endpoint: Endpoint, options: MethodOptions | undefined): this {
    return this.add(
      new Route<AnyPath, State, string | null>(path, endpoint as never, { ...options, methods: [method] }),
    )
  }
}

/** What stands behind the path of a method: an endpoint, or a contract and its endpoint. */
type VerbArguments = readonly [
  first: unknown,
  second?: MethodOptions | ContractFunction<never, never, never>,
  third?: MethodOptions,
]

/** Whether this answers by itself, so that no contract stands before it. */
export function isTarget(value: unknown): boolean {
  return typeof value === 'function' || typeof (value as { readonly asgi?: unknown } | null)?.asgi === 'function'
}

/*
 * The compiler explains what is wrong with a call by the last of the overloads, whichever was meant. So the last one stands for
 * both of the others: it finds out what was meant by what is given first.
 */

/** A function in the place of a contract, whatever it returns. */
type PlainEndpoint<Path extends AnyPath, State> = (request: Request<ParamsOf<Path>, State>) => unknown

/** What comes first: an endpoint, or a contract, which may be its shape alone. */
type GivenContract<Given, Plain> =
  | (Given & (Given extends AnyFunction ? Plain : unknown))
  | (Given extends ContractShape ? Contract<Given> : never)

/** What comes second: options behind an endpoint, and the endpoint behind a contract. */
type GivenEndpoint<Given, Params, State> = Given extends AnyFunction
  ? MethodOptions
  : Given extends ContractShape
    ? ContractFunction<Given, Params, State>
    : never

type AnyFunction = (...values: never) => unknown
