import { HTTPException } from '../exceptions/http-exception.ts'
import type { Request } from '../request/request.ts'
import type { WebSocket } from '../request/websocket.ts'
import type { EndpointResult } from './endpoint.ts'
import { show } from '../spec/violations.ts'

/**
 * Answers an error. It gets the object that the endpoint got. For a WebSocket that is not accepted yet, a response refuses
 * the handshake; a handler that closes the WebSocket itself returns nothing.
 *
 * A handler whose first parameter is declared as `Request` is accepted too, for apps without WebSockets.
 */
export type ExceptionHandler<E = unknown> = {
  // Written as a method, since parameters of methods may be narrower than declared.
  handle(connection: Request | WebSocket, error: E): EndpointResult | void | Promise<EndpointResult | void>
}['handle']

/** A class of errors. */
export type ErrorClass<E = unknown> = abstract new (...args: never[]) => E

/** What a handler is for: a status of {@link HTTPException}, or a class of errors with the classes that extend it. */
export type ExceptionKey = number | ErrorClass

/** A handler and what it is for. A `Map` is a list of these. */
export type ExceptionEntry = readonly [key: ExceptionKey, handler: ExceptionHandler<never>]

/** Pairs a handler with what it is for, so that the compiler knows the error that it gets. */
export function exceptionHandler(status: number, handler: ExceptionHandler<HTTPException>): ExceptionEntry
export function exceptionHandler<E>(errors: ErrorClass<E>, handler: ExceptionHandler<E>): ExceptionEntry
export function exceptionHandler(key: ExceptionKey, handler: ExceptionHandler<never>): ExceptionEntry {
  return [key, handler]
}

/** Finds the handler of an error. */
export interface ExceptionLookup {
  find(error: unknown): ExceptionHandler | null
}

/** The exception handlers of one layer. */
export class ExceptionHandlers implements ExceptionLookup {
  readonly #byStatus: Map<number, ExceptionHandler> = new Map()
  /** Keyed by prototypes, which an error cannot claim by having a property "constructor". */
  readonly #byPrototype: Map<object, ExceptionHandler> = new Map()
  /** Classes that decide by themselves who is an instance, as those of zod do. */
  readonly #byOwnTest: Array<readonly [errors: ErrorClass, handler: ExceptionHandler]> = []

  /**
   * @param entries A later one replaces an earlier one for the same status or class.
   * @throws TypeError for a key that is neither a status nor a class, and for a handler that is not a function.
   */
  constructor(entries: Iterable<ExceptionEntry>) {
    for (const [key, handler] of checkedEntries(entries)) this.#add(key, checkedHandler(key, handler))
  }

  /** Returns the handler of an error: for an {@link HTTPException} by its status, then by the nearest class. */
  find(error: unknown): ExceptionHandler | null {
    if (error instanceof HTTPException) {
      const handler = this.#byStatus.get(error.status)
      if (handler !== undefined) return handler
    }
    const own = this.#byOwnTest.find(([errors]) => error instanceof errors)
    if (own !== undefined) return own[1]
    for (let prototype = prototypeOf(error); prototype !== null; prototype = prototypeOf(prototype)) {
      const handler = this.#byPrototype.get(prototype)
      if (handler !== undefined) return handler
    }
    return null
  }

  /** Looks into this layer first and into an outer one then. */
  within(outer: ExceptionLookup): ExceptionLookup {
    return { find: (error) => this.find(error) ?? outer.find(error) }
  }

  #add(key: ExceptionKey, handler: ExceptionHandler): void {
    if (isStatus(key)) this.#byStatus.set(key, handler)
    else if (!isClass(key))
      throw new TypeError(`Cannot add an exception handler for ${show(key)}: expected a status or a class of errors`)
    else if (key[Symbol.hasInstance] === Function.prototype[Symbol.hasInstance]) {
      this.#byPrototype.set(key.prototype, handler)
    } else this.#byOwnTest.unshift([key, handler])
  }
}

/** Returns the entries when they are a list of such. */
export function checkedEntries(entries: Iterable<ExceptionEntry>): Iterable<ExceptionEntry> {
  if (isList(entries)) return entries
  throw new TypeError(
    `Cannot add the exception handlers ${show(entries)}: expected a Map, or a list of pairs made by exceptionHandler()`,
  )
}

/** Returns a handler when it can be one. */
export function checkedHandler(key: ExceptionKey, handler: ExceptionHandler<never>): ExceptionHandler {
  if (typeof handler === 'function') return handler
  throw new TypeError(`Cannot add an exception handler for ${show(key)}: it is ${show(handler)}, expected a function`)
}

function isList(entries: unknown): boolean {
  return typeof (entries as { readonly [Symbol.iterator]?: unknown } | null)?.[Symbol.iterator] === 'function'
}

function isStatus(key: unknown): key is number {
  return Number.isInteger(key) && (key as number) >= 200 && (key as number) <= 999
}

function isClass(key: unknown): key is ErrorClass & { readonly prototype: object } {
  return typeof key === 'function' && typeof key.prototype === 'object' && key.prototype !== null
}

function prototypeOf(value: unknown): object | null {
  return value === null || value === undefined ? null : Object.getPrototypeOf(value)
}
