import { test } from 'tap'
import type { Connection } from '../../../../lib/servers/node/connection.ts'
import { refuseConnection } from '../../../../lib/servers/node/refusal-answer.ts'
import type { ServerState } from '../../../../lib/servers/server-state.ts'

/** Refuses on a connection whose socket can be written to or not, and returns what happened. */
function refuse(writable: boolean): string[] {
  const calls: string[] = []
  const connection = {
    socket: { writable, write: (text: string) => calls.push(text) },
    close: () => calls.push('closed'),
  }
  const server = { defaultHeaders: [], dateHeader: false }
  refuseConnection(server as unknown as ServerState, connection as unknown as Connection, {
    status: 400,
    text: 'Bad Request',
  })
  return calls
}

test('refuseConnection(): answers and closes', async (t) => {
  t.same(refuse(true), [
    'HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: 11\r\n' +
      'connection: close\r\n\r\nBad Request',
    'closed',
  ])
})

test('refuseConnection(): only closes where nobody can be told', async (t) => {
  t.same(refuse(false), ['closed'])
})
