import { byteLength } from '../../servers/content.ts'
import { frameResponse } from '../../servers/response-framing.ts'
import type { FlatHeaders } from '../../servers/http-transport.ts'
import type { Content } from '../../spec/messages.ts'
import { ProtocolViolation } from '../../spec/violations.ts'

/** How long an answer must be and how much of it was sent; every step makes a new one. */
export interface AnswerLength {
  readonly status: number
  /** The bytes that `content-length` announces, or `null` when nothing is to be held against it. */
  readonly announced: number | null
  readonly sent: number
}

/** What an answer is a response to, and how it begins. */
export interface AnswerStart {
  readonly method: string
  readonly status: number
  readonly headers: FlatHeaders
}

/**
 * Begins to count an answer. The answer to HEAD and a 304 announce the length of what a GET would have got.
 *
 * @throws {@link ProtocolViolation} for a `content-length` that is no number, or that is repeated with another value.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-8.6
 */
export function startLength({ method, status, headers }: AnswerStart): AnswerLength {
  const { contentLength, bodyless } = frameResponse(method, status, headers)
  return { status, announced: bodyless || contentLength < 0 ? null : contentLength, sent: 0 }
}

/** A message with a part of the body, of a response or of a denial. */
export interface BodyMessage {
  readonly type: string
  readonly body?: Content | null
  readonly more_body?: boolean | null
}

/**
 * Counts a part of the body.
 *
 * @throws {@link ProtocolViolation} for more bytes than announced, or fewer when the part is the last one.
 */
export function addToLength(length: AnswerLength, { type, body, more_body: more }: BodyMessage): AnswerLength {
  const sent = length.sent + byteLength(body ?? '')
  const { announced } = length
  if (announced !== null && (sent > announced || (!more && sent < announced))) {
    throw new ProtocolViolation(
      'application',
      `Cannot send "${type}": the body has ${sent} bytes ${more ? 'so far' : 'in all'}, expected ${announced} as "content-length" announces`,
    )
  }
  return { ...length, sent }
}

/**
 * Checks that an answer with a status that forbids a body has none.
 *
 * @throws {@link ProtocolViolation} when a part of the body has bytes.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1
 */
export function checkNoBody({ status, sent }: AnswerLength, type: string): void {
  if (sent === 0 || (status !== 204 && status !== 205 && status !== 304)) return
  throw new ProtocolViolation(
    'application',
    `Cannot send "${type}": the body has ${sent} bytes, expected none since the status is ${status}`,
  )
}
