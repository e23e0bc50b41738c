import type { Request } from '../../request/request.ts'
import type { WebSocket } from '../../request/websocket.ts'
import type { PartName, PartValues } from '../validation/part.ts'
import type { AnySchema } from '../validation/schema.ts'
import type { ResponseDraft } from '../contract/response-draft.ts'

/** When the second half of a generator runs: after the answer was sent, or before that. */
export type Cleanup = 'after-response' | 'before-response'

/** How a dependency is kept within one request, and how it ends. */
export interface DependencyOptions {
  /** Whether one value serves a whole request. Default true; `false` makes one for each that asks. */
  cache?: boolean
  /** When the second half of a generator runs. Default `after-response`. */
  cleanup?: Cleanup
  /** What error messages call it. Default: the name of the function. */
  name?: string
}

/** Dependencies by the names under which they are handed over. */
export type Dependencies = Readonly<Record<string, Dependency>>

/** What a dependency may ask for: other dependencies, and schemas for parts of the request under the names of these. */
export type Needs = Readonly<Record<string, Dependency | AnySchema>>

/** The values of dependencies. */
export type ValuesOf<Declared> = {
  readonly [Name in keyof Declared as Declared[Name] extends Dependency ? Name : never]: ValueOf<Declared[Name]>
}

/** The value of one dependency. */
export type ValueOf<D> = D extends Dependency<infer Value> ? Value : never

/** What every dependency gets, whether it asks or not. */
export interface DependencyContext {
  /** The request or the WebSocket. */
  readonly connection: Request | WebSocket
  /** @throws TypeError on a WebSocket. */
  readonly request: Request
  /** @throws TypeError on an HTTP request. */
  readonly websocket: WebSocket
  /** The parameters of the path, as far as they are known: around an application or a mounted router, those of what it is mounted at. */
  readonly params: Readonly<Record<string, unknown>>
  /**
   * Status and fields for the answer that the contract makes of a plain value. Around routers the fields are for whatever answer
   * comes from further in, and it has to be asked for while the dependency is made.
   */
  readonly response: ResponseDraft
}

/** What a dependency gets that has asked for something. */
export type DependencyInput<Asked> = DependencyContext &
  ValuesOf<Asked> &
  PartValues<Pick<Asked, Extract<keyof Asked, PartName>>>

/** What the function of a dependency may give back to stand for a value. */
type Made<Value> = Value | Promise<Value> | Generator<Value, void, void> | AsyncGenerator<Value, void, void>

/** What a function makes, once it was awaited or has yielded. */
export type MadeBy<Result> =
  Result extends AsyncGenerator<infer Value, unknown, infer _Next>
    ? Value
    : Result extends Generator<infer Value, unknown, infer _Next>
      ? Value
      : Awaited<Result>

/** How a value comes about. */
export type DependencyForm = 'function' | 'class' | 'value'

/** What a {@link Dependency} is made of. */
export interface DependencyParts {
  readonly form: DependencyForm
  /** The function, the class or the value. */
  readonly source: unknown
  /** Its names, or a function that returns them. */
  readonly needs: Needs | (() => Needs)
  readonly options: DependencyOptions
}

/** Something that endpoints need: how it is made, from what, and how it ends. Made by {@link depends}. */
export class Dependency<Value = unknown> {
  declare readonly '~value'?: Value
  readonly name: string
  /** Whether the function, or whoever declared this, has given the name. */
  readonly hasOwnName: boolean
  readonly form: DependencyForm
  readonly source: unknown
  readonly cache: boolean
  readonly cleanup: Cleanup
  readonly #needs: Needs | (() => Needs)

  constructor({ form, source, needs, options }: DependencyParts) {
    this.form = form
    this.source = source
    const name = options.name ?? nameOf(source)
    this.hasOwnName = name !== ''
    this.name = name || 'anonymous'
    this.cache = options.cache ?? true
    this.cleanup = options.cleanup ?? 'after-response'
    this.#needs = needs
  }

  /** What it asks for. */
  get needs(): Needs {
    return typeof this.#needs === 'function' ? this.#needs() : this.#needs
  }
}

function nameOf(source: unknown): string {
  return typeof source === 'function' ? source.name : ''
}

export type { Made }
