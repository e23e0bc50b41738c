import { searchParamsOf } from '../http/pairs.ts'
import type { PairsInit } from '../http/pairs.ts'
import type { HeaderPair } from '../spec/headers.ts'
import type { HTTPReceiveMessage } from '../spec/messages.ts'
import { MultipartBody } from './multipart-body.ts'
import type { FilesInit } from './multipart-body.ts'

/**
 * A body that is sent as it is. What knows its media type brings it along; an iterable or a stream is sent in chunks, while
 * the app runs.
 */
export type RequestBodyInit =
  | string
  | Uint8Array
  | ArrayBuffer
  | Blob
  | URLSearchParams
  | FormData
  | Iterable<Uint8Array | string>
  | AsyncIterable<Uint8Array | string>

/** The body of a request: at most one of these, but `form` and `files` go together. */
export interface RequestContent {
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as `application/x-www-form-urlencoded`, or as fields beside `files`. */
  readonly form?: PairsInit
  /** Sent as `multipart/form-data`. */
  readonly files?: FilesInit
  /** Sent as it is. */
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
 * @throws TypeError for more than one of `json`, `form` with `files`, and `body`, and for a value without JSON.
 */
export function requestBody({ json, form, files, body }: RequestContent): RequestBody {
  const given = [json, form ?? files, body].filter((content) => content !== undefined)
  if (given.length > 1) throw new TypeError('Cannot make a request with more than one of json, form and body')
  if (json !== undefined) return textBody(toJSON(json), 'application/json')
  if (files !== undefined) return multipartBody(MultipartBody.of(searchParamsOf(form ?? {}), files))
  if (form !== undefined) return paramsBody(searchParamsOf(form))
  return body === undefined ? noBody : givenBody(body)
}

function givenBody(body: RequestBodyInit): RequestBody {
  if (typeof body === 'string') return textBody(body, 'text/plain; charset=utf-8')
  if (body instanceof Uint8Array) return wholeBody(new Uint8Array(body), lengthOf(body.length))
  if (body instanceof ArrayBuffer) return wholeBody(new Uint8Array(body.slice(0)), lengthOf(body.byteLength))
  if (body instanceof URLSearchParams) return paramsBody(body)
  if (body instanceof FormData) return multipartBody(MultipartBody.from(body))
  return body instanceof Blob ? blobBody(body) : streamBody(body)
}

function toJSON(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined
  if (text === undefined) throw new TypeError('Cannot make a request: the value of json has no form in JSON')
  return text
}

function paramsBody(params: URLSearchParams): RequestBody {
  return textBody(params.toString(), 'application/x-www-form-urlencoded')
}

function textBody(text: string, mediaType: string): RequestBody {
  const bytes = new TextEncoder().encode(text)
  return wholeBody(bytes, [['content-type', mediaType], ...lengthOf(bytes.length)])
}

function blobBody(blob: Blob): RequestBody {
  const type: HeaderPair[] = blob.type === '' ? [] : [['content-type', blob.type]]
  return { headers: [...type, ...lengthOf(blob.size)], repeatable: true, messages: () => messagesOf(blob.stream()) }
}

function multipartBody(body: MultipartBody): RequestBody {
  const headers: HeaderPair[] = [['content-type', body.contentType], ...lengthOf(body.length)]
  return { headers, repeatable: true, messages: () => messagesOf(body.chunks()) }
}

function lengthOf(length: number): HeaderPair[] {
  return [['content-length', String(length)]]
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

function streamBody(chunks: Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>): RequestBody {
  return { headers: [['transfer-encoding', 'chunked']], repeatable: false, messages: () => messagesOf(chunks) }
}

async function* messagesOf(
  chunks: Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>,
): AsyncGenerator<HTTPReceiveMessage, void, undefined> {
  for await (const chunk of chunks) {
    const body = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk
    yield { type: 'http.request', body, more_body: true }
  }
  yield { type: 'http.request', body: new Uint8Array(0), more_body: false }
}
