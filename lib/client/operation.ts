import type { Contract, ContractShape, Method } from '../endpoint/contract/contract.ts'
import type { WebSocketContract, WebSocketShape } from '../endpoint/contract/websocket-contract.ts'
import { partNames } from '../endpoint/validation/part.ts'
import type { Answer } from './answer.ts'
import { AnswerReader } from './answer-reader.ts'
import { ClientSocket } from './client-socket.ts'
import type { Door } from './door.ts'
import { fieldTexts } from './field-text.ts'
import { ItemReader } from './item-reader.ts'
import { formContent, jsonContent } from './request-content.ts'
import { requestFields } from './request-fields.ts'
import type { CallFields, FieldsInit } from './request-fields.ts'
import { requestPath } from './request-path.ts'
import type { ParamFormatters, RequestPath } from './request-path.ts'

/** What the operations of a client share. */
export interface OperationSettings {
  readonly door: Door
  readonly headers: () => FieldsInit | Promise<FieldsInit>
  readonly converters: ParamFormatters
  readonly validates: boolean
}

/** What `fetch` follows, and contracts that declare one do not. @see https://fetch.spec.whatwg.org/#redirect-status */
const redirects: ReadonlySet<string> = new Set(['301', '302', '303', '307', '308', '3XX'])

/** What a call is given, when its types are gone. */
export interface AnyInput extends CallFields {
  readonly params?: unknown
  readonly query?: unknown
  readonly body?: unknown
  readonly form?: unknown
  readonly signal?: AbortSignal
  readonly subprotocols?: readonly string[]
}

/** One operation that can be called: everything that does not depend on a call is prepared. */
export class Operation {
  readonly #method: string
  readonly #settings: OperationSettings
  readonly #path: RequestPath
  readonly #answers: AnswerReader
  readonly #redirect: 'follow' | 'manual'

  /** @throws TypeError for a path with a converter that is not known, and for answers that cannot be declared so. */
  constructor({ method, path, shape }: Contract<ContractShape, string, Method>, settings: OperationSettings) {
    this.#method = method
    this.#settings = settings
    this.#path = requestPath(path, settings.converters)
    const responses = shape.responses ?? null
    this.#redirect = Object.keys(responses ?? {}).some((status) => redirects.has(status)) ? 'manual' : 'follow'
    this.#answers = new AnswerReader({
      operation: `${method} ${path}`,
      responses,
      isHead: method === 'HEAD',
      implies422: partNames.some((part) => shape[part] !== undefined),
      validates: settings.validates,
    })
  }

  /** Sends a request and reads the answer, whatever its status. */
  async call(input: AnyInput = {}): Promise<Answer> {
    return this.#answers.read(await this.#send(input))
  }

  /** Sends a request and gives the content of a success. */
  async ok(input: AnyInput = {}): Promise<unknown> {
    return this.#answers.readSuccess(await this.#send(input))
  }

  async #send(input: AnyInput): Promise<Response> {
    const { body, mediaType } = input.form === undefined ? jsonContent(input.body) : formContent(input.form)
    const target = targetOf(this.#path, input)
    const headers = requestFields(await this.#settings.headers(), input)
    // The media type of a form has a boundary, which only the platform knows.
    if (body !== null && typeof body !== 'string') headers.delete('content-type')
    else if (mediaType !== null && !headers.has('content-type')) headers.set('content-type', mediaType)
    const signal = input.signal ?? null
    return this.#settings.door.send({
      method: this.#method,
      target,
      headers,
      body,
      signal,
      redirect: this.#redirect,
    })
  }
}

/** A WebSocket that can be opened. */
export class SocketOperation {
  readonly #settings: OperationSettings
  readonly #path: RequestPath
  readonly #reader: ItemReader

  /** @throws TypeError for a path with a converter that is not known. */
  constructor({ path, shape }: WebSocketContract<WebSocketShape, string>, settings: OperationSettings) {
    this.#settings = settings
    this.#path = requestPath(path, settings.converters)
    this.#reader = new ItemReader(`a message of ${path}`, settings.validates ? (shape.send ?? null) : null)
  }

  async open(input: AnyInput = {}): Promise<ClientSocket> {
    const target = targetOf(this.#path, input)
    const ownHeaders = requestFields({}, input)
    const headers = requestFields(await this.#settings.headers(), input)
    const { subprotocols = [] } = input
    const socket = await this.#settings.door.open({ target, headers, ownHeaders, subprotocols })
    return new ClientSocket(socket, this.#reader)
  }
}

function targetOf(path: RequestPath, { params, query }: AnyInput): string {
  const pairs = new URLSearchParams(fieldTexts('the query', query))
  return path(params) + (pairs.size === 0 ? '' : `?${pairs.toString()}`)
}
