import { EventEmitter } from 'node:events'
import { test } from 'tap'
import type { WebSocket } from 'ws'
import { answerPings } from '../../../../lib/servers/node/answer-pings.ts'

/** The part of a WebSocket that answers pings: it notes the answers, and calls back when it is told to. */
class PingedSocket extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  bufferedAmount = 0
  readonly pongs: string[] = []
  readonly #sent: Array<() => void> = []

  pong(payload: Buffer, _masked: boolean, sent?: () => void): void {
    this.pongs.push(String(payload))
    if (sent !== undefined) this.#sent.push(sent)
  }

  ping(...payloads: string[]): void {
    for (const payload of payloads) this.emit('ping', Buffer.from(payload))
  }

  /** Tells that what was written has been sent. */
  flush(): void {
    for (const sent of this.#sent.splice(0)) sent()
  }
}

function pinged(): PingedSocket {
  const socket = new PingedSocket()
  answerPings(socket as unknown as WebSocket)
  return socket
}

test('answerPings: answers each ping of a peer that reads the answers', async (t) => {
  const socket = pinged()

  socket.ping('a', 'b', 'c')

  t.same(socket.pongs, ['a', 'b', 'c'])
})

test('answerPings: remembers only the latest ping of a peer that does not read', async (t) => {
  const socket = pinged()
  socket.bufferedAmount = 10_000

  socket.ping('a', 'b', 'c')
  const before = [...socket.pongs]
  socket.flush()

  t.same(before, ['a'])
  t.same(socket.pongs, ['a', 'c'])
})

test('answerPings: answers each ping again once the peer has caught up', async (t) => {
  const socket = pinged()
  socket.bufferedAmount = 10_000
  socket.ping('a', 'b')

  socket.bufferedAmount = 0
  socket.ping('c')
  socket.flush()
  socket.ping('d', 'e')

  t.same(socket.pongs, ['a', 'c', 'd', 'e'])
})

test('answerPings: answers nothing once the WebSocket closes', async (t) => {
  const socket = pinged()
  socket.bufferedAmount = 10_000
  socket.ping('a', 'b')

  socket.readyState = 2
  socket.flush()
  socket.ping('c')

  t.same(socket.pongs, ['a'])
})
