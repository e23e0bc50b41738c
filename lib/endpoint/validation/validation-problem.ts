import { HTTPException } from '../../exceptions/http-exception.ts'
import { reasonPhrase } from '../../http/status.ts'
import { Response } from '../../response/response.ts'
import type { RequestValidationError } from './request-validation-error.ts'

/** Answers a {@link RequestValidationError} as a problem document that lists every error, with the fields of a cause of the same status. */
export function validationProblem({ status, errors, cause }: RequestValidationError): Response {
  const problem = { type: 'about:blank', title: reasonPhrase(status), status, errors }
  const isOfBody = cause instanceof HTTPException && cause.status === status
  const headers = isOfBody && cause.headers !== null ? { headers: cause.headers } : {}
  return new Response(JSON.stringify(problem), { status, mediaType: 'application/problem+json', ...headers })
}

/** The longest reason that a close frame holds, in bytes: RFC 6455 §5.5. */
const maxReasonBytes = 123

/** The reason of a close, cut at a whole character. */
export function closeReason(text: string): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= maxReasonBytes) return text
  let end = maxReasonBytes - 3
  while ((bytes[end]! & 0xc0) === 0x80) end--
  return `${bytes.toString('utf8', 0, end)}…`
}
