import type { MediaType } from '../../http/media-type.ts'
import { malformed, notAForm } from './form-refusal.ts'

/** How the body of a form is written. */
export type FormCoding = { readonly type: 'urlencoded' } | { readonly type: 'multipart'; readonly boundary: string }

/** RFC 2046 allows 70; a longer one makes every search for it longer. */
const maxBoundaryBytes = 256

/**
 * Tells how a form is written.
 *
 * @throws {@link HTTPException} 415 for another media type, none, and a content coding; 400 for a boundary that is missing
 *   or too long.
 */
export function formCoding(mediaType: MediaType | null, contentCoding: string | null): FormCoding {
  if (contentCoding !== null && contentCoding.toLowerCase() !== 'identity') {
    throw notAForm('The body has a content-encoding, which is not supported for forms')
  }
  if (mediaType?.essence === 'application/x-www-form-urlencoded') return { type: 'urlencoded' }
  if (mediaType?.essence === 'multipart/form-data') return { type: 'multipart', boundary: boundaryOf(mediaType) }
  throw notAForm(
    'The body is not declared as a form: expected a valid content-type, multipart/form-data or application/x-www-form-urlencoded',
  )
}

function boundaryOf({ parameters }: MediaType): string {
  const boundary = parameters.get('boundary')
  if (boundary === undefined || boundary === '') throw malformed('The content-type of the form has no boundary')
  if (boundary.length > maxBoundaryBytes) {
    throw malformed(`The boundary of the form is longer than ${maxBoundaryBytes} bytes`)
  }
  return boundary
}
