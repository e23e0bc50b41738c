import { hash } from 'node:crypto'
import { named } from '../lib/endpoint/named.ts'
import { evaluateConditions } from '../lib/http/conditional.ts'
import type { Verdict } from '../lib/http/conditional.ts'
import { Headers, MutableHeaders } from '../lib/http/headers.ts'
import { parseHTTPDate } from '../lib/http/http-date.ts'
import { listMembers } from '../lib/http/list-members.ts'
import { startWith, withFields } from '../lib/http/message-fields.ts'
import { settled } from '../lib/spec/app.ts'
import type { Middleware, Send } from '../lib/spec/app.ts'
import type { HTTPResponseStartMessage, SendMessage } from '../lib/spec/messages.ts'
import type { HTTPScope } from '../lib/spec/scope.ts'
import { show } from '../lib/spec/violations.ts'

/** Which answers get a tag. */
export interface ConditionalOptions {
  /** Bodies above this many bytes get no tag. Default 1 MiB. */
  maxBytes?: number
}

/** What describes a body that is not sent. */
const fieldsOfContent = ['content-length', 'content-type', 'content-encoding', 'content-language', 'content-range']

/**
 * Gives answers to GET and HEAD an `etag`, and answers 304 when the client has them already. A tag or date that the app has
 * set itself counts, for streams too. The body is made in any case: this saves the way, not the work.
 *
 * Put it after `compression()`, so that it sees bodies as the app made them.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-13
 */
export function conditional({ maxBytes = 1024 * 1024 }: ConditionalOptions = {}): Middleware {
  if (!(typeof maxBytes === 'number' && maxBytes >= 0)) {
    throw new RangeError(`Cannot make tags: maxBytes is ${show(maxBytes)}, expected a number of bytes`)
  }
  return named('conditional', (app) => (scope, receive, send) => {
    if (scope.type !== 'http' || (scope.method !== 'GET' && scope.method !== 'HEAD')) return app(scope, receive, send)
    return app(scope, receive, conditionalSend(scope, send, maxBytes))
  })
}

/** Keeps the head back until the first of the body shows whether there is a tag. */
function conditionalSend(scope: HTTPScope, send: Send, maxBytes: number): Send {
  let held: HTTPResponseStartMessage | null = null
  let dropping = false
  const both = (start: HTTPResponseStartMessage, message: SendMessage): Promise<void> => {
    const started = send(start)
    return started === settled ? send(message) : started.then(() => send(message))
  }
  return (message) => {
    if (message.type === 'http.response.start') {
      dropping = false
      held = mayBeKnown(message) ? message : null
      return held === null ? send(message) : settled
    }
    if (dropping) return settled
    if (held === null || message.type === 'http.response.early_hint') return send(message)
    const start = held
    held = null
    const fields = taggedFields(Headers.from(start.headers ?? []), message, maxBytes)
    const verdict = verdictOf(scope, fields)
    if (verdict === 'proceed') return both(startWith(start, fields), message)
    dropping = true
    const status = verdict === 'not modified' ? 304 : 412
    const head: HTTPResponseStartMessage = {
      type: 'http.response.start',
      status,
      headers: withoutContent(fields, status),
    }
    return both(head, { type: 'http.response.body' })
  }
}

function mayBeKnown({ status, headers, trailers }: HTTPResponseStartMessage): boolean {
  if (status !== 200 || trailers === true) return false
  const directives = Headers.from(headers ?? []).get('cache-control')
  return directives === null || !listMembers(directives.toLowerCase()).includes('no-store')
}

/** Adds the tag of a body that is there as a whole, unless the answer has one. */
function taggedFields(fields: Headers, message: SendMessage, maxBytes: number): Headers {
  if (fields.has('etag') || message.type !== 'http.response.body' || message.more_body === true) return fields
  const body = message.body ?? ''
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length
  if (length === 0 || length > maxBytes) return fields
  return withFields(fields, ['etag', `"${hash('sha1', body, 'base64url')}"`])
}

function verdictOf({ method, headers }: HTTPScope, fields: Headers): Verdict {
  const etag = fields.get('etag')
  const lastModified = fields.get('last-modified')
  const lastModifiedMs = lastModified === null ? null : parseHTTPDate(lastModified)
  if (etag === null && lastModifiedMs === null) return 'proceed'
  return evaluateConditions({ method, headers: Headers.from(headers) }, { etag, lastModifiedMs })
}

function withoutContent(fields: Headers, status: number): Headers {
  const kept = new MutableHeaders(fields)
  for (const name of fieldsOfContent) kept.delete(name)
  if (status !== 304) kept.set('content-length', '0')
  return kept
}
