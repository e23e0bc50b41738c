import { HTTPException } from '../exceptions/http-exception.ts'
import { WebSocketDisconnect } from '../exceptions/websocket-disconnect.ts'
import { WebSocketException } from '../exceptions/websocket-exception.ts'
import { hasNoContent } from '../http/status.ts'
import type { ResponseOptions } from '../response/response.ts'
import { PlainTextResponse } from '../response/plain-text-response.ts'
import { Response } from '../response/response.ts'
import { WebSocket } from '../request/websocket.ts'
import { RequestValidationError, summaryOf } from './validation/request-validation-error.ts'
import { closeReason, validationProblem } from './validation/validation-problem.ts'
import { exceptionHandler } from './exception-handlers.ts'
import type { ExceptionEntry } from './exception-handlers.ts'

/** Answers an {@link HTTPException} with its detail as plain text; a status without content gets no body. */
export function answerHTTPException(error: HTTPException): Response {
  const options: ResponseOptions = { status: error.status }
  if (error.headers !== null) options.headers = error.headers
  return hasNoContent(error.status) ? new Response(null, options) : new PlainTextResponse(error.detail, options)
}

/**
 * What an application does unless its own handlers say otherwise: HTTP exceptions are answered in plain text, WebSocket
 * exceptions close the connection, an endpoint that ends because its peer has left has ended well, and what does not fulfil a
 * contract is told what is wrong.
 */
export const defaultHandlers: readonly ExceptionEntry[] = [
  exceptionHandler(HTTPException, (_connection, error) => answerHTTPException(error)),
  exceptionHandler(WebSocketException, async (connection, error) => {
    if (!(connection instanceof WebSocket)) throw error
    await connection.close(error.closeCode, error.reason)
  }),
  exceptionHandler(WebSocketDisconnect, () => {}),
  exceptionHandler(RequestValidationError, async (connection, error) => {
    if (!(connection instanceof WebSocket)) return validationProblem(error)
    await connection.close(1008, closeReason(summaryOf(error.errors)))
    return undefined
  }),
]
