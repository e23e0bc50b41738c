import type { HeaderPair } from '../spec/headers.ts'
import type { HTTPReceiveMessage } from '../spec/messages.ts'
import type { PairsInit } from './pairs.ts'
import { searchParamsOf } from './pairs.ts'

/** A body that is sent as it is; an iterable or a stream in chunks, while the app runs. */
export type RequestBodyInit = string | Uint8Array | AsyncIterable<Uint8Array | string>

/** The body of a request: at most one of these. */
export interface RequestContent {
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: PairsInit
  readonly body?: RequestBodyInit
}

/** The body of a request with the fields that describe it. */
export interface RequestBody {
  readonly headers: readonly HeaderPair[]
  /** False for a stream, which can be sent once. */
  readonly repeatable: boolean
  /** Begins to send. */
  messages(): AsyncGenerator<HTTPReceiveMessage, void, undefined>
}

/** The body of a request that has none. */
export const noBody: RequestBody = wholeBody(new Uint8Array(0), [])

/**
 * Reads what the test gave as a body.
 *
 * @throws TypeError for more than one of `json`, `form` and `body`, and for a value without JSON.
 */
export function requestBody({ json, form, body }: RequestContent): RequestBody {
  const given = [json, form, body].filter((content) => content !== undefined)
  if (given.length > 1) throw new TypeError('Cannot make a request with more than one of json, form and body')
  if (json !== undefined) return textBody(toJSON(json), 'application/json')
  if (form !== undefined) return textBody(searchParamsOf(form).toString(), 'application/x-www-form-urlencoded')
  if (body === undefined) return noBody
  if (typeof body === 'string') return textBody(body, 'text/plain; charset=utf-8')
  if (body instanceof Uint8Array) return wholeBody(new Uint8Array(body), lengthOf(body))
  return streamBody(body)
}

function toJSON(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined
  if (text === undefined) throw new TypeError('Cannot make a request: the value of json has no form in JSON')
  return text
}

function textBody(text: string, mediaType: string): RequestBody {
  const bytes = new TextEncoder().encode(text)
  return wholeBody(bytes, [['content-type', mediaType], ...lengthOf(bytes)])
}

function lengthOf(bytes: Uint8Array): HeaderPair[] {
  return [['content-length', String(bytes.length)]]
}

function wholeBody(bytes: Uint8Array, headers: readonly HeaderPair[]): RequestBody {
  return {
    headers,
    repeatable: true,
    async *messages() {
      yield { type: 'http.request', body: bytes, more_body: false }
    },
  }
}

function streamBody(chunks: AsyncIterable<Uint8Array | string>): RequestBody {
  return {
    headers: [['transfer-encoding', 'chunked']],
    repeatable: false,
    async *messages() {
      for await (const chunk of chunks) {
        const body = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk
        yield { type: 'http.request', body, more_body: true }
      }
      yield { type: 'http.request', body: new Uint8Array(0), more_body: false }
    },
  }
}
