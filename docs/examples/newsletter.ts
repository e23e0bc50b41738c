import { setTimeout } from 'node:timers/promises'
import { Application, PlainTextResponse } from 'stelline'

const subscribers: string[] = []
export const delivered: string[] = []

/** Stands for something that takes its time. */
async function deliver(letter: string, signal: AbortSignal): Promise<void> {
  for (const subscriber of subscribers) {
    await setTimeout(1, undefined, { signal })
    delivered.push(`${subscriber}: ${letter}`)
  }
}

const app = new Application({ tasks: { drainTimeoutMs: 20_000 } })

app.post('/subscribers', async (request) => {
  subscribers.push(await request.text())
  return new PlainTextResponse('Welcome')
})

app.post('/letters', async (request) => {
  const letter = await request.text()
  request.tasks.add(({ signal }) => deliver(letter, signal), 'deliver a letter')
  return new PlainTextResponse('On its way', { status: 202 })
})

export default app
