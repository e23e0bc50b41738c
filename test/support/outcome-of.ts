import { Headers } from '../../lib/http/headers.ts'
import { settled } from '../../lib/spec/app.ts'
import type { AppLike, Receive } from '../../lib/spec/app.ts'
import type { SendMessage } from '../../lib/spec/messages.ts'
import type { HTTPScope } from '../../lib/spec/scope.ts'
import { lint } from '../../lib/testing/conformance/lint.ts'
import { receivingBody } from './messages.ts'

/** What came of one HTTP call: the answer, and the error that the app ended with. */
export interface Outcome {
  /** `null` when no answer was started. */
  readonly status: number | null
  readonly headers: Headers
  readonly text: string
  /** `null` when the app ended well. */
  readonly error: unknown
}

/** Calls an app as a server would that only looks on, and resolves when the app has ended. */
export async function outcomeOf(
  app: AppLike,
  scope: HTTPScope,
  receive: Receive = receivingBody(''),
): Promise<Outcome> {
  const sent: SendMessage[] = []
  const send = (message: SendMessage): Promise<void> => {
    sent.push(message)
    return settled
  }
  const error: unknown = await lint(app)(scope, receive, send).then(
    () => null,
    (reason: unknown) => reason,
  )
  const start = sent.find((message) => message.type === 'http.response.start')
  return {
    status: start?.status ?? null,
    headers: new Headers(start?.headers ?? []),
    text: sent
      .map((message) => (message.type === 'http.response.body' ? Buffer.from(message.body ?? '') : ''))
      .join(''),
    error,
  }
}
