import { hasNoContent } from '../../http/status.ts'
import { EventSourceResponse } from '../../response/event-source-response.ts'
import type { Events } from '../../response/event-source-response.ts'
import { JSONLinesResponse } from '../../response/json-lines-response.ts'
import type { JSONValues } from '../../response/json-lines-response.ts'
import { JSONResponse } from '../../response/json-response.ts'
import { Response } from '../../response/response.ts'
import type { ResponseBody, ResponseOptions } from '../../response/response.ts'
import type { EndpointResult } from '../endpoint.ts'
import { ResponseValidationError } from '../validation/response-validation-error.ts'
import type { AnySchema, Validation } from '../validation/schema.ts'
import { declaredAnswers } from './declared-answer.ts'
import type { DeclaredAnswer } from './declared-answer.ts'
import { MappedItems } from './mapped-items.ts'
import { Reply } from './reply.ts'
import type { ReplyOptions } from './reply.ts'
import type { Responses } from './response-declaration.ts'
import type { ResponseDraft } from './response-draft.ts'
import { StreamEvent } from './stream-event.ts'

/** Makes answers of what endpoints give, as a contract declares them. */
export class AnswerMaker {
  readonly #declared: ReadonlyMap<number, DeclaredAnswer>
  /** For a plain value: the first success that is declared. */
  readonly #success: DeclaredAnswer
  /** For nothing: a declared success without content, else 204 unless another one is declared. */
  readonly #nothing: DeclaredAnswer

  /** @throws TypeError for declarations that cannot be fulfilled. */
  constructor(responses: Responses = {}) {
    this.#declared = declaredAnswers(responses)
    const successes = Array.from(this.#declared.values()).filter(({ status }) => status < 300)
    this.#success = successes[0] ?? undeclared(200)
    this.#nothing = successes.find(({ schema }) => schema === null) ?? successes[0] ?? undeclared(204)
  }

  /**
   * Returns the answer for a value: a response as it is, everything else validated.
   *
   * @throws {@link ResponseValidationError} for a value that is not what was declared; in a promise when the schema takes its
   *   time.
   */
  answer(value: unknown, draft: ResponseDraft | null): EndpointResult | Promise<EndpointResult> {
    if (value instanceof Response || value instanceof globalThis.Response) return value
    const isReply = value instanceof Reply
    const content: unknown = isReply ? value.value : value
    const options = responseOptions(isReply ? value.options : null, draft)
    return respond(this.#answerFor(value, draft), content, options)
  }

  #answerFor(value: unknown, draft: ResponseDraft | null): DeclaredAnswer {
    const isReply = value instanceof Reply
    const status = isReply ? value.status : (draft?.status ?? null)
    if (status === null) return value === undefined ? this.#nothing : this.#success
    return this.#declared.get(status) ?? (isReply && status >= 300 ? undeclared(status) : this.#likeSuccess(status))
  }

  /** A status that is not declared lets nothing out that the declared success keeps back. */
  #likeSuccess(status: number): DeclaredAnswer {
    return this.#success.schema === null || hasNoContent(status) ? undeclared(status) : { ...this.#success, status }
  }
}

function undeclared(status: number): DeclaredAnswer {
  return { status, schema: null, stream: null, mediaType: null }
}

function respond(declared: DeclaredAnswer, value: unknown, options: ReplyOptions | null): Response | Promise<Response> {
  if (declared.stream !== null || isGenerator(value)) return streamed(declared, value as JSONValues, options)
  const { schema, status } = declared
  if (schema === null) return withContent(declared, value, options)
  const result = schema['~standard'].validate(value)
  const finish = (validation: Validation<unknown>): Response =>
    withContent(declared, validated(validation, status), options)
  return result instanceof Promise ? result.then(finish) : finish(result)
}

function validated(result: Validation<unknown>, status: number): unknown {
  if (result.issues !== undefined) throw new ResponseValidationError(`the answer ${status}`, result.issues)
  return result.value
}

function withContent(declared: DeclaredAnswer, value: unknown, options: ReplyOptions | null): Response {
  const { status, mediaType } = declared
  if (value === undefined && (declared.schema === null || hasNoContent(status))) {
    return new Response(null, withStatus(status, options))
  }
  if (mediaType !== null && isBody(value)) return new Response(value, { mediaType, ...withStatus(status, options) })
  if (status === 200 && options === null && mediaType === null) return new JSONResponse(value)
  return new JSONResponse(value, { ...(mediaType !== null && { mediaType }), ...withStatus(status, options) })
}

function streamed(declared: DeclaredAnswer, items: JSONValues, options: ReplyOptions | null): Response {
  const { schema, stream, status } = declared
  const settings = withStatus(status, options)
  const check = (item: unknown): unknown => (schema === null ? item : checkedItem(schema, item))
  if (stream !== 'events') return new JSONLinesResponse(new MappedItems(items, check), settings)
  return new EventSourceResponse(new MappedItems(items, (item) => eventOf(item, check)) as Events, settings)
}

async function checkedItem(schema: AnySchema, item: unknown): Promise<unknown> {
  const result = await schema['~standard'].validate(item)
  if (result.issues !== undefined) throw new ResponseValidationError('an item of the stream', result.issues)
  return result.value
}

async function eventOf(item: unknown, check: (item: unknown) => unknown): Promise<unknown> {
  const isEvent = item instanceof StreamEvent
  const data: unknown = isEvent ? item.data : item
  const options = isEvent ? item.options : {}
  return data === undefined && isEvent ? options : { ...options, data: JSON.stringify(await check(data)) }
}

function withStatus(status: number, options: ReplyOptions | null): ResponseOptions {
  return { status, ...options }
}

/** Puts together what a reply and a draft want besides the content. */
function responseOptions(options: ReplyOptions | null, draft: ResponseDraft | null): ReplyOptions | null {
  if (draft === null || draft.headers.size === 0) return options
  const headers = new Response(null, options === null ? {} : { headers: options.headers ?? [] }).headers
  headers.delete('content-length')
  for (const [name, value] of draft.headers) {
    if (name === 'set-cookie') headers.append(name, value)
    else headers.setDefault(name, value)
  }
  return { ...options, headers }
}

function isBody(value: unknown): value is ResponseBody {
  return typeof value === 'string' || value instanceof Uint8Array
}

function isGenerator(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const tag = (value as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return tag === 'AsyncGenerator' || tag === 'Generator'
}
