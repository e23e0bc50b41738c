import type { Refusal } from '../request-head.ts'

/** What node:http reports when it cannot go on reading a connection. */
export type ClientError = Error & { readonly code?: string }

const malformed: Refusal = { status: 400, text: 'Bad Request' }

const refusals: ReadonlyMap<string, Refusal> = new Map([
  ['HPE_HEADER_OVERFLOW', { status: 431, text: 'Request Header Fields Too Large' }],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', { status: 413, text: 'Chunk extensions too large' }],
  ['ERR_HTTP_REQUEST_TIMEOUT', { status: 408, text: 'Request Timeout' }],
])

/** What to answer, or null when the connection itself broke. The codes of the parser begin with HPE. */
export function refusalOfError({ code = '' }: ClientError): Refusal | null {
  return refusals.get(code) ?? (code.startsWith('HPE_') ? malformed : null)
}
