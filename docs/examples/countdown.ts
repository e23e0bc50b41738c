import { setTimeout } from 'node:timers/promises'
import { Application, StreamingResponse } from 'stelline'

/** Says a number each second, for as long as somebody listens. */
async function* countdown(from: number, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
  for (let left = from; left > 0; left--) {
    yield `${left}\n`
    await setTimeout(1000, undefined, { signal })
  }
  yield 'Lift-off!\n'
}

const app = new Application()

app.get('/countdown/{from:int}', ({ pathParams, signal }) => {
  return new StreamingResponse(countdown(pathParams.from, signal), { mediaType: 'text/plain' })
})

export default app
