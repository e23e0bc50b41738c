import { hasNoContent } from '../../http/status.ts'
import type { JSONValues } from '../../response/json-lines-response.ts'
import { JSONResponse } from '../../response/json-response.ts'
import { Response } from '../../response/response.ts'
import type { EndpointResult } from '../endpoint.ts'
import { ResponseValidationError } from '../validation/response-validation-error.ts'
import type { Validation } from '../validation/schema.ts'
import { answerOptions } from './answer-options.ts'
import { declaredAnswers, isJSON } from './declared-answer.ts'
import type { DeclaredAnswer } from './declared-answer.ts'
import { checkJSON } from './json-gap.ts'
import { Reply } from './reply.ts'
import type { ReplyOptions } from './reply.ts'
import type { Responses } from './response-declaration.ts'
import type { ResponseDraft } from './response-draft.ts'
import { streamedAnswer } from './streamed-answer.ts'
import { strippingSchema } from './stripping-schema.ts'

/** Makes answers of what endpoints give, as a contract declares them. */
export class AnswerMaker {
  readonly #declared: ReadonlyMap<number, DeclaredAnswer>
  /** For a plain value: the first success that is declared. */
  readonly #success: DeclaredAnswer
  /** For nothing: a declared success without content, else 204 unless another one is declared. */
  readonly #nothing: DeclaredAnswer

  /** @throws TypeError for declarations that cannot be fulfilled. */
  constructor(responses: Responses = {}) {
    this.#declared = new Map(
      Array.from(declaredAnswers(responses), ([status, declared]) => [status, prepared(declared)]),
    )
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

  /** A status that is not declared lets nothing out that the declared success keeps back, and goes out as that does. */
  #likeSuccess(status: number): DeclaredAnswer {
    return hasNoContent(status) ? undeclared(status) : { ...this.#success, status }
  }
}

function undeclared(status: number): DeclaredAnswer {
  return { status, schema: null, stream: null, mediaType: null, isJSON: true }
}

/** What is done with a declaration once, when a route is made. */
function prepared(declared: DeclaredAnswer): DeclaredAnswer {
  const { schema, status } = declared
  if (schema === null) return declared
  checkJSON(`declare the answer ${status}`, schema)
  return { ...declared, schema: strippingSchema(schema) }
}

function respond(declared: DeclaredAnswer, value: unknown, options: ReplyOptions | null): Response | Promise<Response> {
  if (declared.stream !== null || isGenerator(value)) return streamedAnswer(declared, value as JSONValues, options)
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
  if (value === undefined && declared.schema === null) return new Response(null, { status, ...options })
  if (typeof value === 'string') {
    const given = options?.mediaType
    const isText = given === undefined ? !declared.isJSON : !isJSON(given)
    if (isText) return new Response(value, answerOptions(declared, options))
  } else if ((mediaType !== null || options?.mediaType !== undefined) && value instanceof Uint8Array) {
    return new Response(value, answerOptions(declared, options))
  }
  if (status === 200 && options === null && mediaType === null) return new JSONResponse(value)
  return new JSONResponse(value, answerOptions(declared, options))
}

/** Puts together what a reply and a draft want besides the content. */
function responseOptions(options: ReplyOptions | null, draft: ResponseDraft | null): ReplyOptions | null {
  if (draft === null || draft.headers.size === 0) return options
  const headers = new Response(null, options === null ? {} : { headers: options.headers ?? [] }).headers
  headers.delete('content-length')
  const own = new Set(headers.keys())
  for (const [name, value] of draft.headers) {
    if (name === 'set-cookie' || !own.has(name)) headers.append(name, value)
  }
  return { ...options, headers }
}

function isGenerator(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const tag = (value as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return tag === 'AsyncGenerator' || tag === 'Generator'
}
