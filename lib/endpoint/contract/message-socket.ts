import { WebSocketDisconnect } from '../../exceptions/websocket-disconnect.ts'
import { Headers } from '../../http/headers.ts'
import { defaultMaxJSONDepth, nestsDeeper } from '../../request/json-depth.ts'
import type { AcceptOptions, Responder, WebSocket } from '../../request/websocket.ts'
import { withAnswerFields, withWanted } from '../dependencies/answer-fields.ts'
import { fieldErrors } from '../validation/field-error.ts'
import { RequestValidationError } from '../validation/request-validation-error.ts'
import { ResponseValidationError } from '../validation/response-validation-error.ts'
import type { AnySchema, Validation } from '../validation/schema.ts'
import { isThenable } from '../thenable.ts'
import { Turns } from './turns.ts'
import type { ResponseDraft } from './response-draft.ts'

/** The schemas of messages in both directions; without one, any JSON goes. */
export interface MessageSchemas {
  readonly receive?: AnySchema
  readonly send?: AnySchema
}

/** Who knows what dependencies want of the answer to the handshake. */
export interface Wanting {
  readonly draft: ResponseDraft | null
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * A WebSocket whose messages are JSON and keep a contract. What the peer sends against it closes the connection with 1008 and
 * a reason, unless the endpoint catches the error.
 */
export class MessageSocket<
  Incoming = unknown,
  Outgoing = unknown,
  Params = Record<string, unknown>,
  State = Record<string, unknown>,
> implements AsyncIterable<Incoming> {
  /** The WebSocket itself, for everything that the contract does not say. */
  readonly connection: WebSocket<Params, State>
  readonly #schemas: MessageSchemas
  readonly #wanting: Wanting | null
  /** Of messages whose schema takes its time. */
  readonly #turns: Turns = new Turns()

  constructor(connection: WebSocket<Params, State>, schemas: MessageSchemas, wanting: Wanting | null = null) {
    this.connection = connection
    this.#schemas = schemas
    this.#wanting = wanting
  }

  /** Completes the handshake, with the fields that dependencies want. */
  accept(options: AcceptOptions = {}): Promise<void> {
    const draft = this.#wanting?.draft ?? null
    if (draft === null) return this.connection.accept(options)
    return this.connection.accept({ ...options, headers: withWanted(new Headers(options.headers), draft.headers) })
  }

  /**
   * Waits for the next message.
   *
   * @throws {@link RequestValidationError} for a message that is not JSON, nests too deep, or is not what the contract says.
   * @throws {@link WebSocketDisconnect} when the peer leaves.
   */
  async receive(): Promise<Incoming> {
    const value = parsed(await this.connection.receive())
    const schema = this.#schemas.receive
    if (schema === undefined) return value as Incoming
    const result = await schema['~standard'].validate(value)
    if (result.issues === undefined) return result.value as Incoming
    throw new RequestValidationError(fieldErrors('message', result.issues, value))
  }

  /**
   * Sends a message, without what the contract does not declare. Messages go out in the order of the calls.
   *
   * @throws {@link ResponseValidationError} for what is not what the contract says; uncaught, it closes with 1011.
   * @throws {@link WebSocketDisconnect} when the peer has left.
   */
  async send(message: Outgoing): Promise<void> {
    const schema = this.#schemas.send
    if (schema === undefined) return this.connection.sendJson(message)
    const result = schema['~standard'].validate(message)
    if (this.#turns.isFree && !isThenable(result)) return this.#sendValid(result)
    return this.#turns.take(result, (found) => this.#sendValid(found))
  }

  /** Closes the connection, or refuses the handshake before the accept. */
  close(code?: number, reason?: string): Promise<void> {
    return this.connection.close(code, reason)
  }

  /** Refuses the handshake with a response, with the fields that dependencies want. */
  deny(response: Responder): Promise<void> {
    const draft = this.#wanting?.draft ?? null
    if (draft === null) return this.connection.deny(response)
    return this.connection.deny({
      respond: (scope, receive, send) =>
        response.respond(
          scope,
          receive,
          withAnswerFields(send, () => draft.headers),
        ),
    })
  }

  #sendValid(result: Validation<unknown>): Promise<void> {
    if (result.issues !== undefined) throw new ResponseValidationError('a message', result.issues)
    return this.connection.sendJson(result.value)
  }

  /** The messages of the peer, until it leaves. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Incoming, void, undefined> {
    try {
      for (;;) yield await this.receive()
    } catch (error) {
      if (!(error instanceof WebSocketDisconnect)) throw error
    }
  }
}

/** A message that nests deep would overflow the stack of most schemas, as a body would. */
function parsed(data: string | Uint8Array): unknown {
  let value: unknown
  let text: string
  try {
    text = typeof data === 'string' ? data : utf8.decode(data)
    value = JSON.parse(text)
  } catch (cause) {
    throw malformed('The message is not valid JSON', cause)
  }
  if (!nestsDeeper(text, defaultMaxJSONDepth)) return value
  throw malformed(`The message nests deeper than ${defaultMaxJSONDepth} levels`)
}

function malformed(message: string, cause?: unknown): RequestValidationError {
  return new RequestValidationError([{ in: 'message', path: [], message, code: 'malformed' }], 400, cause)
}
