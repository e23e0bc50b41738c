import { test } from 'tap'
import { HandshakeRefused } from '../../../lib/client/handshake-refused.ts'
import { PlatformSocket } from '../../../lib/client/platform-socket.ts'
import type { WebSocketEvent, WebSocketEventType, WebSocketLike } from '../../../lib/client/web-socket-factory.ts'
import { WebSocketDisconnect } from '../../../lib/exceptions/websocket-disconnect.ts'

/** A WebSocket whose events a test fires. */
class FakeSocket implements WebSocketLike {
  binaryType = 'blob'
  readonly protocol = ''
  readonly sent: string[] = []
  readonly #listeners = new Map<WebSocketEventType, ((event: WebSocketEvent) => void)[]>()

  send(data: string): void {
    this.sent.push(data)
  }

  close(code?: number, reason = ''): void {
    this.fire('close', { code: code ?? 1005, reason })
  }

  addEventListener(type: WebSocketEventType, listener: (event: WebSocketEvent) => void): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener])
  }

  fire(type: WebSocketEventType, event: Omit<WebSocketEvent, 'type'> = {}): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ type, ...event })
  }
}

/** How platforms tell that there was no handshake, and what is the cause then. */
const failures: readonly (readonly [what: string, fire: (socket: FakeSocket) => void, cause: RegExp])[] = [
  ['by an error alone', (socket) => socket.fire('error'), /with 1006$/],
  ['by a close alone', (socket) => socket.fire('close', { code: 1002, reason: 'no' }), /with 1002, no$/],
  [
    'by both',
    (socket) => {
      socket.fire('error', { error: new Error('Unexpected server response: 401') })
      socket.fire('close', { code: 1006, reason: '' })
    },
    /response: 401/,
  ],
]

for (const [what, fire, cause] of failures) {
  test(`PlatformSocket.opened: rejects where the platform tells of a failure ${what}`, async (t) => {
    const socket = new FakeSocket()
    const opened = PlatformSocket.opened(socket, '/chat?token=secret')

    fire(socket)

    const error = await opened.catch((thrown: unknown) => thrown)
    if (!(error instanceof HandshakeRefused)) return t.fail('it was opened')
    t.equal(error.message, 'Cannot open the WebSocket /chat: there was no handshake')
    t.match((error.cause as Error).message, cause)
    return t.end()
  })
}

test('PlatformSocket: an error after the handshake leaves it to the close to say what has happened', async (t) => {
  const socket = new FakeSocket()
  const opening = PlatformSocket.opened(socket, '/chat')
  socket.fire('open')
  const opened = await opening

  socket.fire('error')
  await opened.send('still here')
  socket.fire('close', { code: 1006, reason: '' })

  t.strictSame(socket.sent, ['still here'])
  t.strictSame(await opened.closed, { code: 1006, reason: '' })
  await t.rejects(opened.receive(), WebSocketDisconnect)
})
