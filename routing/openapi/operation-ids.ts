import { show } from '../../lib/spec/violations.ts'
import type { OpenAPIInfo, OperationName } from './openapi-options.ts'

/** The names of operations, each of which a document has once. */
export class OperationIds {
  readonly #make: (operation: OperationName) => string
  /** Where each name stands. */
  readonly #places = new Map<string, string>()
  /** Those that contracts give: names that are made keep clear of them. */
  readonly #given = new Set<string>()

  constructor(make: OpenAPIInfo['operationId'] = defaultOperationId) {
    this.#make = make
  }

  /** Notes a name that a contract gives, before any is made. */
  reserve(id: string): void {
    this.#given.add(id)
  }

  /** Returns the name of an operation that has none of its own. */
  make(operation: OperationName): string {
    const id = this.#make(operation)
    return this.#make === defaultOperationId ? this.#takeFree(id, operation) : this.take(id, placeOf(operation))
  }

  /** Returns the name of an operation whose contract has been named for another method already. */
  makeFurther(id: string, { method, path }: { readonly method: string; readonly path: string }): string {
    return this.#takeFree(id + capitalised(method.toLowerCase()), { method, path })
  }

  /** @throws TypeError for a name that another operation has. */
  take(id: string, place: string): string {
    const other = this.#places.get(id)
    if (other !== undefined) {
      throw new TypeError(
        `the operationId ${show(id)} is that of ${other}, expected one of its own; without one it is made of the method and the path`,
      )
    }
    this.#places.set(id, place)
    return id
  }

  #takeFree(id: string, operation: { readonly method: string; readonly path: string }): string {
    let free = id
    for (let number = 2; this.#places.has(free) || this.#given.has(free); number++) free = `${id}${number}`
    return this.take(free, placeOf(operation))
  }
}

/** Says where an operation stands, for messages. */
export function placeOf({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method} ${path}`
}

/** `GET /users/{id}` becomes `getUsersById`. */
function defaultOperationId({ method, path }: OperationName): string {
  const words = decodeURIComponent(path)
    .replace(/\{([^}]*)\}/g, ' by $1 ')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
  return method.toLowerCase() + (words.length === 0 ? 'Root' : words.map(capitalised).join(''))
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
