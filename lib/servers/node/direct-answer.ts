import type { ServerResponse } from 'node:http'
import { reasonPhrase } from '../../http/status.ts'
import type { Content } from '../../spec/messages.ts'
import { currentDate } from '../http-date.ts'
import type { ResponseHead } from '../http-transport.ts'
import { responseHead } from '../response-text.ts'

/** How a whole answer is written. */
export interface DirectAnswer {
  readonly head: ResponseHead
  /** Empty where the answer must not have one. */
  readonly body: Content
  /** Length of the body in bytes. */
  readonly length: number
  /** Lines about the connection, each with its end. */
  readonly connectionLines: string
}

/** Tells a client that the connection closes after the answer. */
export const closeLine = 'connection: close\r\n'

/**
 * Writes a whole answer straight to the socket of a response that nothing was written to, and tells the response that it
 * has finished, so that node:http goes on to the next request. The fields are checked and the framing is decided by now,
 * so that what ServerResponse would do again for each answer is left out: this is a fifth of the time of a small answer.
 *
 * See docs/decisions/0006-direct-answers.md.
 */
export function answerDirectly(response: ServerResponse, { head, body, length, connectionLines }: DirectAnswer): void {
  const socket = response.socket!
  const text = responseHead({
    status: head.status,
    reason: reasonPhrase(head.status),
    headers: head.headers,
    date: response.sendDate ? currentDate() : null,
    more: connectionLines,
  })
  // ASCII: head and body make one latin-1 string, so that no bytes are copied on the way.
  if (typeof body === 'string' && body.length === length) socket.write(text + body, 'latin1')
  else {
    socket.cork()
    socket.write(text, 'latin1')
    socket.write(body)
    socket.uncork()
  }
  // "Finished" means that the system has taken everything: only then may the time of an idle connection run.
  if (socket.writableLength === 0) response.emit('finish')
  else socket.write('', (error) => error == null && response.emit('finish'))
}
