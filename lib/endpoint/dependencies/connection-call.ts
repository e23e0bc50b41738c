import { Request } from '../../request/request.ts'
import { WebSocket } from '../../request/websocket.ts'
import { ResponseDraft } from '../contract/response-draft.ts'
import { fieldErrors } from '../validation/field-error.ts'
import type { FieldError } from '../validation/field-error.ts'
import { isBadBody } from '../validation/part-reader.ts'
import type { PartReader } from '../validation/part-reader.ts'
import { RequestValidationError } from '../validation/request-validation-error.ts'
import type { ValidationStatus } from '../validation/request-validation-error.ts'
import { headerName } from '../validation/header-name.ts'
import type { Issue, Validation } from '../validation/schema.ts'
import type { DependencyContext } from './dependency.ts'
import { eachOnce } from './each-once.ts'
import type { DependencyScope } from './open-dependencies.ts'

/** One call of an endpoint: its connection, and what was found out about it so far. */
export class ConnectionCall {
  readonly connection: Request | WebSocket
  #errors: FieldError[] | null = null
  #status: ValidationStatus = 422
  #cause: unknown
  #draft: ResponseDraft | null = null
  #isSealed = false

  constructor(connection: Request | WebSocket) {
    this.connection = connection
  }

  /**
   * What is wanted of the answer, made when it is asked for. It begins with the status that is wanted further out.
   *
   * @throws TypeError when that is too late.
   */
  get response(): ResponseDraft {
    return (this.#draft ??= this.#newDraft())
  }

  /** What is wanted of the answer; `null` when nobody has asked. */
  get draft(): ResponseDraft | null {
    return this.#draft
  }

  /** The same, with what is wanted further out. */
  get wanted(): ResponseDraft | null {
    return this.#draft === null && outerStatus(this.connection) !== null ? this.response : this.#draft
  }

  /** How many errors there are, those that are told once counted each time. */
  get errorCount(): number {
    return this.#errors === null ? 0 : this.#errors.length
  }

  /** Notes that nothing can be wanted any more that was not asked for yet. */
  seal(): void {
    this.#isSealed = true
  }

  /** @throws {@link RequestValidationError} when anything was wrong with the request. */
  check(): void {
    if (this.#errors !== null) throw new RequestValidationError(eachOnce(this.#errors), this.#status, this.#cause)
  }

  /** Notes what is wrong with a part, of which `given` was validated. */
  reject(part: PartReader['part'], issues: readonly Issue[], given: unknown): void {
    const errors = fieldErrors(part, issues, given)
    ;(this.#errors ??= []).push(...(part === 'headers' ? errors.map(withFieldName) : errors))
  }

  /** Notes that a body cannot be read for what it is declared as; every other error is thrown on. */
  rejectBody(part: PartReader['part'], error: unknown): void {
    if (!isBadBody(error)) throw error
    const code = error.status === 400 ? 'malformed' : 'media_type'
    ;(this.#errors ??= []).push({ in: part, path: [], message: error.detail, code })
    this.#status = error.status
    this.#cause = error
  }

  #newDraft(): ResponseDraft {
    if (this.#isSealed) {
      throw new TypeError(
        'Cannot change the answer: a dependency of a router asks for "response" after it was made; expected it to do so before, as ({ response }) => … does',
      )
    }
    const draft = new ResponseDraft()
    draft.status = outerStatus(this.connection)
    return draft
  }
}

function outerStatus({ scope }: Request | WebSocket): number | null {
  return (scope as DependencyScope).dependencies?.draft?.status ?? null
}

/** Clients know a field by its name, not by the key of a schema. */
function withFieldName(error: FieldError): FieldError {
  const [key, ...rest] = error.path
  return typeof key === 'string' ? { ...error, path: [headerName(key), ...rest] } : error
}

/** What a function gets: what it has asked for by name, and views of the connection. */
export class CallInput implements DependencyContext {
  readonly params: Readonly<Record<string, unknown>>
  readonly #call: ConnectionCall

  constructor(call: ConnectionCall) {
    this.params = call.connection.pathParams
    this.#call = call
  }

  get connection(): Request | WebSocket {
    return this.#call.connection
  }

  get request(): Request {
    const { connection } = this.#call
    if (connection instanceof Request) return connection
    throw new TypeError('Cannot give a request to a dependency of a WebSocket: expected "connection" or "websocket"')
  }

  get websocket(): WebSocket {
    const { connection } = this.#call
    if (connection instanceof WebSocket) return connection
    throw new TypeError('Cannot give a WebSocket to a dependency of a request: expected "connection" or "request"')
  }

  get response(): ResponseDraft {
    return this.#call.response
  }
}

/** An object that values are put into under names that are known at run time alone. */
export type NamedValues = Record<string, unknown>

/**
 * Reads and validates parts one after the other, puts their values into an object, and goes on then. It waits for nothing
 * unless a body is read or a schema takes its time.
 */
export function readParts<Result>(
  readers: readonly PartReader[],
  receiver: Receiver,
  goOn: () => Result | Promise<Result>,
): Result | Promise<Result> {
  for (let index = 0; index < readers.length; index++) {
    const reader = readers[index]!
    const given = reader.read(receiver.call.connection)
    const waiting = given instanceof Promise ? null : validatePart(reader, given, receiver)
    if (waiting === undefined) continue
    const readOthers = (): Result | Promise<Result> =>
      index === readers.length - 1 ? goOn() : readParts(readers.slice(index + 1), receiver, goOn)
    if (waiting !== null) return waiting.then(readOthers)
    return (given as Promise<unknown>).then(
      (value) => {
        const validating = validatePart(reader, value, receiver)
        return validating === undefined ? readOthers() : validating.then(readOthers)
      },
      async (error: unknown) => {
        if (!(await acceptsNothing(reader, error, receiver))) receiver.call.rejectBody(reader.part, error)
        return readOthers()
      },
    )
  }
  return goOn()
}

/** Where the value of a part goes, or what is wrong with it. */
export interface Receiver {
  readonly call: ConnectionCall
  readonly values: NamedValues
}

function validatePart(reader: PartReader, given: unknown, receiver: Receiver): void | Promise<void> {
  const result = reader.schema['~standard'].validate(given)
  if (!(result instanceof Promise)) return accept(reader, result, receiver, given)
  return result.then((validation) => accept(reader, validation, receiver, given))
}

/** Content of JSON that is empty is none, where the schema lets it be missing. */
async function acceptsNothing(reader: PartReader, error: unknown, { call, values }: Receiver): Promise<boolean> {
  const { connection } = call
  if (reader.part !== 'body' || !(connection instanceof Request) || !isBadBody(error) || error.status !== 400)
    return false
  const bytes = await connection.bytes({ maxBodyBytes: Infinity }) // they were read within the limit already
  if (bytes.length > 0) return false
  const result = await reader.schema['~standard'].validate(undefined)
  if (result.issues !== undefined) return false
  values[reader.name] = result.value
  return true
}

function accept(reader: PartReader, result: Validation<unknown>, { call, values }: Receiver, given: unknown): void {
  if (result.issues === undefined) values[reader.name] = result.value
  else call.reject(reader.part, result.issues, given)
}
