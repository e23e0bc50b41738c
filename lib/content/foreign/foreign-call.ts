import { answerHTTPException } from '../../endpoint/default-handlers.ts'
import { progressOf } from '../../endpoint/progress.ts'
import { raise } from '../../endpoint/raise.ts'
import type { HTTPException } from '../../exceptions/http-exception.ts'
import type { Receive, Send } from '../../spec/app.ts'
import type { HTTPScope } from '../../spec/scope.ts'

/** A request for a handler that is not ours. */
export interface ForeignCall {
  readonly scope: HTTPScope
  readonly receive: Receive
  readonly send: Send
}

/** Answers in place of the handler. Within an application that is up to its exception handlers. */
export function refuse(exception: HTTPException, call: ForeignCall): Promise<void> {
  if (progressOf(call.scope)?.handlers) return raise(exception, call)
  return answerHTTPException(exception).respond(call.scope, call.receive, call.send)
}

/** Tells whether a request may have a body. */
export function mayHaveBody({ headers, http_version: version }: HTTPScope): boolean {
  for (const [name, value] of headers) {
    if (name === 'content-length') return Number(value) > 0
    if (name === 'transfer-encoding') return true
  }
  // Later versions of HTTP end a body without saying so before.
  return version === '2' || version === '3'
}
