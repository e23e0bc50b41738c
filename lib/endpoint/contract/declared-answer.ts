import { isJSONType, parseMediaType } from '../../http/media-type.ts'
import { hasNoContent, isFinalStatus } from '../../http/status.ts'
import { show } from '../../spec/violations.ts'
import { isSchema } from '../validation/schema.ts'
import type { AnySchema } from '../validation/schema.ts'
import type { DeclaredResponse, ResponseDeclaration, Responses, StreamFormat } from './response-declaration.ts'

/** A declared answer, ready for use. */
export interface DeclaredAnswer {
  readonly status: number
  readonly schema: AnySchema | null
  readonly stream: StreamFormat | null
  /** `null` for what goes without saying: JSON, or what the format of the stream is. */
  readonly mediaType: string | null
  /** Whether a text is written as JSON. */
  readonly isJSON: boolean
}

const formats: ReadonlyMap<string | undefined, StreamFormat> = new Map([
  ['application/jsonl', 'json-lines'],
  ['application/x-ndjson', 'json-lines'],
  ['text/event-stream', 'events'],
])

/** Returns the format of the stream that is declared, by its name or by its media type; `null` for none. */
export function streamFormat({ stream, mediaType }: ResponseDeclaration): StreamFormat | null {
  return stream ?? (mediaType === undefined ? null : formatOf(mediaType))
}

/** Returns the format of the streams of a media type, whatever its parameters. */
export function formatOf(mediaType: string): StreamFormat | null {
  return formats.get(parseMediaType(mediaType)?.essence) ?? null
}

/** Tells whether values are written as JSON under a media type, whatever its parameters. */
export function isJSON(mediaType: string): boolean {
  const parsed = parseMediaType(mediaType)
  return parsed !== null && isJSONType(parsed)
}

/**
 * Reads the declared answers that have a status of their own, in the order of the statuses.
 *
 * @throws TypeError for a status that is none, for content where the status allows none, and for what declares nothing.
 */
export function declaredAnswers(responses: Responses): ReadonlyMap<number, DeclaredAnswer> {
  if (typeof responses !== 'object' || responses === null || Array.isArray(responses) || isSchema(responses)) {
    throw new TypeError(
      `Cannot declare answers as ${show(responses)}: expected an object with a schema for each status`,
    )
  }
  const answers = new Map<number, DeclaredAnswer>()
  for (const [key, declared] of Object.entries(responses)) {
    if (key === 'default' || /^[1-5]XX$/.test(key)) continue
    if (!isFinalStatus(Number(key))) {
      throw new TypeError(
        `Cannot declare an answer with the status ${key}: expected 200 to 999, a range such as "4XX" or "default"`,
      )
    }
    answers.set(Number(key), declaredAnswer(Number(key), declared))
  }
  return answers
}

/** Returns what a declaration says at length, whichever way it is written. */
export function responseDeclaration(declared: DeclaredResponse): ResponseDeclaration {
  if (declared === null) return {}
  return isSchema(declared) ? { schema: declared } : declared
}

function declaredAnswer(status: number, declared: DeclaredResponse): DeclaredAnswer {
  if (typeof declared !== 'function' && typeof declared !== 'object') {
    throw new TypeError(
      `Cannot declare the answer ${status} as ${show(declared)}: expected a schema, an object with one, or null`,
    )
  }
  const declaration = responseDeclaration(declared)
  checkDeclaration(status, declaration)
  const { schema = null, mediaType = null } = declaration
  if (schema !== null && (!isSchema(schema) || hasNoContent(status))) {
    const expected = hasNoContent(status) ? 'none, since the status allows no content' : 'a Standard Schema'
    throw new TypeError(`Cannot declare the answer ${status}: its schema is ${show(schema)}, expected ${expected}`)
  }
  const stream = streamFormat(declaration)
  // With a name it would get a charset, as other text has one.
  const isPlain = stream === 'events' && mediaType === 'text/event-stream'
  return {
    status,
    schema,
    stream,
    mediaType: isPlain ? null : mediaType,
    isJSON: mediaType === null || isJSON(mediaType),
  }
}

const declarationKeys = ['schema', 'stream', 'mediaType', 'description', 'headers', 'examples', 'links']

function checkDeclaration(status: number, declaration: ResponseDeclaration): void {
  for (const key of Object.keys(declaration)) {
    if (declarationKeys.includes(key)) continue
    throw new TypeError(
      `Cannot declare the answer ${status}: ${show(key)} is none of its keys, expected ${declarationKeys.join(', ')}`,
    )
  }
  const { stream } = declaration
  if (stream === undefined || stream === 'json-lines' || stream === 'events') return
  throw new TypeError(
    `Cannot declare the answer ${status}: its stream is ${show(stream)}, expected "json-lines" or "events"`,
  )
}
