import type { Dependencies, Dependency } from '../dependencies/dependency.ts'
import type { FormOptions } from '../../request/form/form-reader.ts'
import type { PartSchemas } from '../validation/part.ts'
import type { Responses } from './response-declaration.ts'
import { checkMethod, checkPath, checkShape } from './contract-checks.ts'

/** What an operation is called and how it is shown; for the document of the API alone. */
export interface OperationDocs {
  readonly tags?: readonly string[]
  readonly summary?: string
  readonly description?: string
  /** Default: made of the method and the path. */
  readonly operationId?: string
  readonly deprecated?: boolean
  /** Default true. */
  readonly includeInSchema?: boolean
  /** Where more can be read. */
  readonly externalDocs?: { readonly url: string; readonly description?: string }
  /** Examples by the part of the request that they are for, each by a name. */
  readonly examples?: Readonly<Partial<Record<keyof PartSchemas, Readonly<Record<string, unknown>>>>>
  /** What the API calls in its turn, by a name: contracts by their URLs, which may hold runtime expressions. */
  readonly callbacks?: Readonly<Record<string, Readonly<Record<string, Contract>>>>
  /** Servers of this operation alone. */
  readonly servers?: readonly { readonly url: string; readonly description?: string }[]
  /** Merged into the operation object, over everything else. */
  readonly openapi?: Readonly<Record<string, unknown>>
}

/** What a contract says: what comes in, what goes out, what is needed, and how it is documented. */
export interface ContractShape extends PartSchemas, OperationDocs {
  /** What may be answered, by status. What is not declared is left out of an answer. */
  readonly responses?: Responses
  /** By name, the endpoint gets their values; in a list, they only run. */
  readonly dependencies?: Dependencies | readonly Dependency[]
  /** Security schemes, and what depends on them; they run before everything else, and the endpoint gets no value. */
  readonly security?: readonly Dependency[]
  /** The largest JSON body to accept, in bytes. Default: that of the request. */
  readonly maxBodyBytes?: number
  /** How the form is read: its limits, for one. */
  readonly formOptions?: FormOptions
}

/** A method, in upper case. */
export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'TRACE' | 'QUERY'

/**
 * What a client and an endpoint agree upon. It knows nothing of the endpoint: servers, tests and clients share it.
 * Made by {@link contract}.
 */
export class Contract<
  out Shape extends ContractShape = ContractShape,
  out At extends string | null = string | null,
  out By extends Method | null = Method | null,
> {
  /** `null` where the route names it. */
  readonly method: By
  /** The path with its parameters, as routes take it; `null` where the route names it. */
  readonly path: At
  readonly shape: Shape

  /** @throws TypeError for a shape that says what no contract can, or says it twice. */
  constructor(method: By, path: At, shape: Shape) {
    if (method !== null) checkMethod(method)
    if (path !== null) checkPath(path)
    checkShape(shape)
    this.method = method
    this.path = path
    this.shape = shape
  }

  /**
   * Returns a contract that says more, or something else. So a module without server code can be shared, and the server
   * adds what its endpoint needs: `app.add(createItem.with({ dependencies: { database } }), endpoint)`.
   */
  with<const More extends ContractShape>(more: More): Contract<Merged<Shape, More>, At, By> {
    return new Contract(this.method, this.path, { ...this.shape, ...more })
  }
}

/** What two shapes say together, the second one winning. */
export type Merged<Shape, More> = Omit<Shape, keyof More> & More

/**
 * Says what an operation takes and gives, as a value that endpoints, tests and clients share. With a method and a path a
 * client can call it by; without them the route names both.
 *
 * @throws TypeError for a shape that says what no contract can, or says it twice.
 */
export function contract<const Shape extends ContractShape>(shape: Shape): Contract<Shape, null, null>
export function contract<const By extends Method, const At extends string, const Shape extends ContractShape>(
  method: By,
  path: At,
  shape: Shape,
): Contract<Shape, At, By>
export function contract(first: Method | ContractShape, path?: string, shape?: ContractShape): Contract {
  if (typeof first === 'string') return new Contract(first, path ?? '', shape ?? {})
  return new Contract(null, null, first)
}
