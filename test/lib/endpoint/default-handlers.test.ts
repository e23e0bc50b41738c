import { test } from 'tap'
import { answerHTTPException, defaultHandlers } from '../../../lib/endpoint/default-handlers.ts'
import { ExceptionHandlers } from '../../../lib/endpoint/exception-handlers.ts'
import { HTTPException } from '../../../lib/exceptions/http-exception.ts'
import { WebSocketException } from '../../../lib/exceptions/websocket-exception.ts'
import { Request } from '../../../lib/request/request.ts'
import { httpScope } from '../../../lib/testing/scopes.ts'

/** Exceptions and their answers: Starlette's tests of exceptions. */
const answers: readonly (readonly [exception: HTTPException, body: string | null, headers: Record<string, string>])[] =
  [
    [new HTTPException(406), 'Not Acceptable', { 'content-type': 'text/plain; charset=utf-8', 'content-length': '14' }],
    [
      new HTTPException(400, { detail: 'näh' }),
      'näh',
      { 'content-type': 'text/plain; charset=utf-8', 'content-length': '4' },
    ],
    [
      new HTTPException(401, { headers: { 'WWW-Authenticate': 'Basic' } }),
      'Unauthorized',
      { 'www-authenticate': 'Basic', 'content-type': 'text/plain; charset=utf-8', 'content-length': '12' },
    ],
    [new HTTPException(204, { headers: { 'X-Kept': 'yes' } }), null, { 'x-kept': 'yes' }],
    [new HTTPException(304, { headers: { ETag: '"1"' } }), null, { etag: '"1"' }],
  ]

for (const [exception, body, headers] of answers) {
  test(`answerHTTPException: answers "${exception.message}"`, async (t) => {
    const response = answerHTTPException(exception)
    t.equal(response.status, exception.status)
    t.equal(response.body, body)
    t.strictSame(Object.fromEntries(response.headers), headers)
  })
}

test('defaultHandlers: a WebSocketException outside a WebSocket is no answer', async (t) => {
  const error = new WebSocketException(4000)
  const handler = new ExceptionHandlers(defaultHandlers).find(error)!
  await t.rejects(async () => handler(new Request(httpScope()), error), error)
})
