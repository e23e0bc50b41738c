import { Application, PlainTextResponse, WebSocketException } from 'stelline'
import type { WebSocket } from 'stelline'

/** Everybody in a room hears what is said there. */
class Room {
  readonly #members = new Set<WebSocket>()

  async enter(member: WebSocket, name: string): Promise<void> {
    this.#members.add(member)
    try {
      for await (const text of member.iterText()) {
        if (text.length > 500) throw new WebSocketException(1008, 'Say it in 500 characters')
        await this.#say(`${name}: ${text}`)
      }
    } finally {
      this.#members.delete(member)
    }
  }

  /** A member that has left while this is sent is none of our business. */
  async #say(text: string): Promise<void> {
    await Promise.allSettled(Array.from(this.#members, (member) => member.sendText(text)))
  }
}

const app = new Application({
  lifespan: async function* () {
    yield { rooms: new Map<string, Room>() }
  },
})

app.websocket('/rooms/{room}', async (websocket) => {
  const { rooms } = websocket.state
  const name = websocket.queryParams.get('name')
  if (name === null) return websocket.deny(new PlainTextResponse('Who are you? Add ?name=', { status: 400 }))
  await websocket.accept()
  const room = rooms.get(websocket.pathParams.room) ?? new Room()
  rooms.set(websocket.pathParams.room, room)
  await room.enter(websocket, name)
})

export default app
