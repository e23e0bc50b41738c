import type { Chunks } from '../../response/chunk-source.ts'
import { EventSourceResponse } from '../../response/event-source-response.ts'
import type { Events } from '../../response/event-source-response.ts'
import { JSONLinesResponse } from '../../response/json-lines-response.ts'
import type { JSONValues } from '../../response/json-lines-response.ts'
import type { Response } from '../../response/response.ts'
import { StreamingResponse } from '../../response/streaming-response.ts'
import { ResponseValidationError } from '../validation/response-validation-error.ts'
import type { AnySchema } from '../validation/schema.ts'
import { answerOptions } from './answer-options.ts'
import { formatOf, isJSON } from './declared-answer.ts'
import type { DeclaredAnswer } from './declared-answer.ts'
import { MappedItems } from './mapped-items.ts'
import type { ItemMap } from './mapped-items.ts'
import type { ReplyOptions } from './reply.ts'
import { StreamEvent } from './stream-event.ts'

/**
 * Makes a stream of items: in the format that is declared or that the media type implies; as text and bytes under a media type
 * that is no JSON; else as JSON lines.
 *
 * @throws TypeError for items that are none.
 */
export function streamedAnswer(declared: DeclaredAnswer, items: JSONValues, options: ReplyOptions | null): Response {
  const { schema, status } = declared
  const check: ItemMap = schema === null ? asItIs : (item) => checkedItem(schema, item)
  const type = options?.mediaType ?? declared.mediaType
  const format = declared.stream ?? (type === null ? null : formatOf(type))
  if (format === 'events') {
    const events = new MappedItems(items, (item) => eventOf(item, check)) as Events
    return new EventSourceResponse(events, answerOptions(declared, options))
  }
  const checked = new MappedItems(items, check)
  if (format !== null) return new JSONLinesResponse(checked, answerOptions(declared, options))
  if (type === null || isJSON(type)) return new JSONLinesResponse(checked, { status, ...options })
  return new StreamingResponse(checked as Chunks, answerOptions(declared, options))
}

async function checkedItem(schema: AnySchema, item: unknown): Promise<unknown> {
  const result = await schema['~standard'].validate(item)
  if (result.issues !== undefined) throw new ResponseValidationError('an item of the stream', result.issues)
  return result.value
}

async function eventOf(item: unknown, check: ItemMap): Promise<unknown> {
  const isEvent = item instanceof StreamEvent
  const data: unknown = isEvent ? item.data : item
  const options = isEvent ? item.options : {}
  return data === undefined && isEvent ? options : { ...options, data: JSON.stringify(await check(data)) }
}

function asItIs(item: unknown): unknown {
  return item
}
