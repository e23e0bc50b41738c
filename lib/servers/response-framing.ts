import { ProtocolViolation } from '../spec/violations.ts'
import type { FlatHeaders } from './http-transport.ts'

/** How an answer is delimited, read off its status and fields once. */
export interface ResponseFraming {
  /** The fields to write: without those that only a server may set. */
  readonly headers: FlatHeaders
  /** The announced length of the body in bytes; -1 when none was announced. */
  readonly contentLength: number
  /** True for an answer that must not have a body on the wire. */
  readonly bodyless: boolean
  /** True when the app asked to close the connection. */
  readonly close: boolean
}

/** The message that begins an answer: of a request, or of a handshake that is denied. */
export type StartType = 'http.response.start' | 'websocket.http.response.start'

/**
 * Reads how an answer is delimited. The app's own `transfer-encoding`, `connection` and `keep-alive` fields are left
 * out, since they are between the server and its peer; `connection: close` is honoured. `trailer` is left out where no
 * trailers can be.
 *
 * @throws {@link ProtocolViolation} for a `content-length` that is not a number, or that is repeated with another value.
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-6.3
 */
export function frameResponse(
  method: string,
  status: number,
  headers: FlatHeaders,
  type: StartType = 'http.response.start',
): ResponseFraming {
  let contentLength = -1
  let close = false
  let dropped = false
  for (let i = 0; i < headers.length; i += 2) {
    switch (headers[i]) {
      case 'content-length':
        contentLength = readLength(type, headers[i + 1]!, contentLength)
        break
      case 'connection':
        close ||= /(?:^|[\s,])close(?:$|[\s,])/i.test(headers[i + 1]!)
        dropped = true
        break
      case 'transfer-encoding':
      case 'keep-alive':
      case 'trailer':
        dropped = true
        break
      default:
    }
  }
  if (status === 205) return { headers: [...withoutFraming(headers), 'content-length', '0'], ...resetContent, close }
  const bodyless = method === 'HEAD' || status === 204 || status === 304
  const unchunked = bodyless || contentLength >= 0
  const lengthForbidden = status === 204 && contentLength >= 0
  const left = lengthForbidden ? allFraming : unchunked ? ofAnyAnswer : ofChunkedAnswer
  return {
    headers: dropped || lengthForbidden ? withoutFields(headers, left) : headers,
    contentLength,
    bodyless,
    close,
  }
}

/** To who reads it, a 205 has a body unless its length says otherwise. @see https://www.rfc-editor.org/rfc/rfc9110#section-15.3.6 */
const resetContent = { contentLength: 0, bodyless: true }

/** Fields that an app cannot set, since they are between the server and its peer; trailers need chunks. */
const ofChunkedAnswer: ReadonlySet<string> = new Set(['connection', 'transfer-encoding', 'keep-alive'])
const ofAnyAnswer: ReadonlySet<string> = new Set([...ofChunkedAnswer, 'trailer'])
const allFraming: ReadonlySet<string> = new Set([...ofAnyAnswer, 'content-length'])

/** Returns trailer fields without those that frame a message: who merges trailers into the head must not be misled. */
export function withoutFraming(trailers: FlatHeaders): FlatHeaders {
  return withoutFields(trailers, allFraming)
}

function readLength(type: StartType, value: string, before: number): number {
  const length = /^\d{1,15}$/.test(value) ? Number(value) : -1
  if (length < 0) throw badLength(type, value, 'a number of bytes')
  if (before >= 0 && before !== length) throw badLength(type, value, `one value, here ${before}`)
  return length
}

function badLength(type: StartType, value: string, expected: string): ProtocolViolation {
  return ProtocolViolation.badValue('send', type, 'the header "content-length"', value, expected)
}

/** Returns the fields whose names are not among the given ones. */
export function withoutFields(headers: FlatHeaders, left: ReadonlySet<string>): FlatHeaders {
  const kept: string[] = []
  for (let i = 0; i < headers.length; i += 2) {
    if (!left.has(headers[i]!)) kept.push(headers[i]!, headers[i + 1]!)
  }
  return kept
}
