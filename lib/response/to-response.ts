import { show } from '../spec/violations.ts'
import { fromFetchResponse } from './from-fetch-response.ts'
import { Response } from './response.ts'

/**
 * Returns what an endpoint returned as a {@link Response}; a Fetch `Response` is converted.
 *
 * @throws TypeError for everything else, and for a Fetch `Response` that cannot be sent.
 */
export function toResponse(value: unknown): Response {
  if (value instanceof Response) return value
  if (value instanceof globalThis.Response) return fromFetchResponse(value)
  const hint = value === undefined ? 'is a "return" missing?' : 'wrap the value, for example in a JSONResponse'
  throw new TypeError(`Cannot respond with ${show(value)}: expected a Response or a Fetch Response; ${hint}`)
}
