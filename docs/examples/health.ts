import { Application, JSONResponse, PlainTextResponse } from 'stelline'

const app = new Application({
  lifespan: async function* () {
    const database = await connect()
    try {
      yield { database }
    } finally {
      await database.close()
    }
  },
})

// The process runs and its event loop turns.
app.get('/live', () => new PlainTextResponse('ok'))

// What the app needs can be reached.
app.get('/ready', async ({ state }) => {
  const isReady = await state.database.ping().catch(() => false)
  return new JSONResponse({ database: isReady }, { status: isReady ? 200 : 503 })
})

/** Stands for the client of a database. */
async function connect(): Promise<{ ping(): Promise<boolean>; close(): Promise<void> }> {
  return { ping: async () => true, close: async () => {} }
}

export default app
