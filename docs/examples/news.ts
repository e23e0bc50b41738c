import { EventEmitter, on } from 'node:events'
import { Application, EventSourceResponse, lastEventId, PlainTextResponse } from 'stelline'
import type { ServerSentEvent } from 'stelline'

const app = new Application()

const news: string[] = []
const desk = new EventEmitter().setMaxListeners(0)

app.post('/news', async (request) => {
  news.push(await request.text())
  desk.emit('news')
  return new PlainTextResponse('', { status: 202 })
})

/** Gives out what is new since an index, and then what comes, for as long as somebody listens. */
async function* newsSince(index: number, signal: AbortSignal): AsyncGenerator<ServerSentEvent, void, undefined> {
  const arrivals = on(desk, 'news', { signal })
  for (let next = index; ;) {
    for (; next < news.length; next++) yield { id: String(next), event: 'news', data: news[next]! }
    await arrivals.next()
  }
}

app.get('/events', (request) => {
  // A browser that was cut off says what it has seen last.
  const seen = Number(lastEventId(request.headers) ?? -1)
  const from = Number.isInteger(seen) ? seen + 1 : 0
  return new EventSourceResponse(newsSince(from, request.signal), { pingIntervalMs: 10_000 })
})

export default app
