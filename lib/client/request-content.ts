import { show } from '../spec/violations.ts'
import { fieldItems, fieldTexts, textOf } from './field-text.ts'

/** The body of a request, and its media type unless the platform finds it. */
export interface RequestContent {
  readonly body: string | FormData | URLSearchParams | null
  readonly mediaType: string | null
}

/** No body. */
export const noContent: RequestContent = { body: null, mediaType: null }

/**
 * Writes a value as JSON; `undefined` is no body.
 *
 * @throws TypeError for what has no form in JSON.
 */
export function jsonContent(value: unknown): RequestContent {
  if (value === undefined) return noContent
  const body = JSON.stringify(value) as string | undefined
  if (body === undefined) throw new TypeError(`Cannot send ${show(value)} as JSON: it has no form there`)
  return { body, mediaType: 'application/json' }
}

/**
 * Writes the fields of a form: as multipart when there is a file among them, else urlencoded.
 *
 * @throws TypeError for fields that are no object, and for a value that has no text.
 */
export function formContent(fields: unknown): RequestContent {
  const items = fieldItems('the form', fields)
  const isMultipart = items.some(([, item]) => item instanceof Blob)
  if (!isMultipart) {
    return { body: new URLSearchParams(fieldTexts('the form', fields)), mediaType: null }
  }
  const body = new FormData()
  for (const [name, item] of items) body.append(name, item instanceof Blob ? item : textOf('the form', name, item))
  return { body, mediaType: null }
}
