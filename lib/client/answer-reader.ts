import { declaredAnswers, formatOf, isJSON } from '../endpoint/contract/declared-answer.ts'
import type { DeclaredAnswer } from '../endpoint/contract/declared-answer.ts'
import type { DeclaredResponse, Responses } from '../endpoint/contract/response-declaration.ts'
import type { AnySchema } from '../endpoint/validation/schema.ts'
import { hasNoContent, isFinalStatus } from '../http/status.ts'
import { show } from '../spec/violations.ts'
import type { Answer } from './answer.ts'
import { EventItems } from './event-items.ts'
import { InvalidAnswer } from './invalid-answer.ts'
import { ItemReader } from './item-reader.ts'
import { LineItems } from './line-items.ts'
import { UnexpectedAnswer } from './unexpected-answer.ts'

/** What an {@link AnswerReader} is made of. */
export interface AnswerReading {
  /** What was called, for the messages of errors. */
  readonly operation: string
  /** `null` where the contract declares none, so that every answer is one. */
  readonly responses: Responses | null
  /** Whether answers have no content, whatever is declared. */
  readonly isHead: boolean
  /** Whether a 422 is an answer although the contract does not declare it. */
  readonly implies422: boolean
  /** Whether the schemas of the contract check what arrives. */
  readonly validates: boolean
}

/** Reads the answers of one operation as its contract declares them. */
export class AnswerReader {
  readonly #reading: AnswerReading
  readonly #declared: ReadonlyMap<number, DeclaredAnswer>

  /** @throws TypeError for declarations that cannot be fulfilled. */
  constructor(reading: AnswerReading) {
    this.#reading = reading
    this.#declared = declaredAnswers(reading.responses ?? {})
  }

  /**
   * @throws UnexpectedAnswer for a status that is not declared.
   * @throws InvalidAnswer for content that is not what is declared.
   */
  async read(response: Response): Promise<Answer> {
    const { responses, implies422, operation } = this.#reading
    const { status } = response
    const declared = this.#declaredFor(status)
    const answer = { status, data: await this.#dataOf(response, declared), headers: response.headers, response }
    if (declared !== null || responses === null || (implies422 && status === 422)) return answer
    const statuses = Object.keys(responses).join(', ')
    throw new UnexpectedAnswer(operation, answer, `one that the contract declares: ${statuses}`)
  }

  /** As {@link AnswerReader.read}; gives the content of a success, and throws UnexpectedAnswer for every other status. */
  async readSuccess(response: Response): Promise<unknown> {
    const answer = await this.read(response)
    if (response.ok) return answer.data
    throw new UnexpectedAnswer(this.#reading.operation, answer, 'a success')
  }

  #declaredFor(status: number): DeclaredAnswer | null {
    const own = this.#declared.get(status)
    if (own !== undefined) return own
    const wider = this.#declarationOf(status)
    if (wider === undefined || !isFinalStatus(status)) return null
    return declaredAnswers({ [status]: hasNoContent(status) ? null : wider }).get(status)!
  }

  /** What the contract says of a status, of its range or of all that is left. */
  #declarationOf(status: number): DeclaredResponse | undefined {
    const { responses } = this.#reading
    const range = `${Math.floor(status / 100)}XX` as '4XX'
    const key = [status, range].find((name) => responses?.[name as 400] !== undefined)
    return responses?.[(key ?? 'default') as 400]
  }

  async #dataOf(response: Response, declared: DeclaredAnswer | null): Promise<unknown> {
    if (this.#reading.isHead) return undefined
    if (declared === null) return this.#content(response)
    if (this.#declarationOf(response.status) === null) {
      await response.arrayBuffer()
      return undefined
    }
    const { schema, stream, mediaType } = declared
    if (stream !== null) return this.#stream(response, declared)
    if (mediaType !== null && !declared.isJSON) {
      return mediaType.startsWith('text/') ? response.text() : response.blob()
    }
    return schema === null ? this.#content(response) : this.#json(response, schema)
  }

  async #stream(response: Response, { schema, stream, mediaType }: DeclaredAnswer): Promise<unknown> {
    const type = mediaTypeOf(response)
    if (formatOf(type) !== stream && (mediaType === null || type !== essenceOf(mediaType))) {
      throw await this.#otherType(response, mediaType ?? (stream === 'events' ? 'text/event-stream' : 'JSON lines'))
    }
    return stream === 'events'
      ? new EventItems(response.body, this.#items(schema))
      : new LineItems(response.body, this.#items(schema))
  }

  async #json(response: Response, schema: AnySchema): Promise<unknown> {
    if (!isJSON(mediaTypeOf(response))) throw await this.#otherType(response, 'JSON')
    return new ItemReader(this.#whatOf(response), this.#reading.validates ? schema : null).read(await response.text())
  }

  /** Nobody reads a body of another type; left alone it would hold the connection. */
  async #otherType(response: Response, expected: string): Promise<InvalidAnswer> {
    await response.body?.cancel().catch(() => {})
    const why = `its media type is ${show(mediaTypeOf(response))}, expected ${expected}`
    return new InvalidAnswer(this.#whatOf(response), { why })
  }

  #items(schema: AnySchema | null): ItemReader {
    const { operation, validates } = this.#reading
    return new ItemReader(`an item of the answer to ${operation}`, validates ? schema : null)
  }

  /** What a body holds, by its own word. */
  async #content(response: Response): Promise<unknown> {
    const type = mediaTypeOf(response)
    if (isJSON(type)) {
      const text = await response.text()
      return text === '' ? undefined : new ItemReader(this.#whatOf(response), null).read(text)
    }
    if (type.startsWith('text/')) return response.text()
    const blob = await response.blob()
    return blob.size === 0 ? undefined : blob
  }

  #whatOf({ status }: Response): string {
    return `the answer ${status} to ${this.#reading.operation}`
  }
}

function mediaTypeOf(response: Response): string {
  return essenceOf(response.headers.get('content-type') ?? '')
}

function essenceOf(mediaType: string): string {
  return mediaType.split(';', 1)[0]!.trim().toLowerCase()
}
