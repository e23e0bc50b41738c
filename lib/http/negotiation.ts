import Negotiator from 'negotiator'

/** Above this a value is no preference any more but an attempt to keep the server busy; it then counts as absent. */
const maxValueLength = 4096

/** An option that the types of the package do not list. */
interface WithPreferred {
  encodings(available: readonly string[], options: { readonly preferred: readonly string[] }): string[]
}

/**
 * Returns those of the available media types that an `accept` field accepts, the best first; among equals the order of
 * the field counts, then the order of the list. Without a field everything is acceptable.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1
 */
export function acceptableMediaTypes(accept: string | null, available: readonly string[]): string[] {
  return negotiator('accept', accept).mediaTypes(available)
}

/**
 * Returns those of the available content codings that an `accept-encoding` field accepts, the best first; among equals
 * the order of the list counts, which is the server's preference. Put `identity` last: it is acceptable unless the field
 * excludes it. Without a field only `identity` is.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3
 */
export function acceptableEncodings(acceptEncoding: string | null, available: readonly string[]): string[] {
  const codings = negotiator('accept-encoding', acceptEncoding) as unknown as WithPreferred
  return codings.encodings(available, { preferred: available })
}

/**
 * Returns those of the available languages that an `accept-language` field accepts, the best first. `de` accepts `de-CH`,
 * and `de-CH` is content with `de`. Without a field everything is acceptable.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4
 */
export function acceptableLanguages(acceptLanguage: string | null, available: readonly string[]): string[] {
  return negotiator('accept-language', acceptLanguage).languages(available)
}

function negotiator(name: string, value: string | null): Negotiator {
  return new Negotiator({ headers: { [name]: value === null || value.length > maxValueLength ? undefined : value } })
}
