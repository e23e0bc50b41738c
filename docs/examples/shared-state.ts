import { Application, JSONResponse, Mount } from 'stelline'

/** Stands for a pool of connections. */
class Pool {
  open = true

  close(): void {
    this.open = false
  }
}

export const pool = new Pool()

// Has a lifespan of its own, which runs within that of the application around it.
const shop = new Application({ lifespan: async () => ({ currency: 'EUR' }) })
shop.get('/', (request) => new JSONResponse({ currency: request.state.currency }))

const app = new Application({
  lifespan: async function* () {
    yield { pool }
    pool.close()
  },
  routes: [new Mount('/shop', shop)],
})
app.get('/', (request) => new JSONResponse({ open: request.state.pool.open }))
app.websocket('/', async (websocket) => {
  await websocket.accept()
  await websocket.sendJson({ open: websocket.state.pool.open })
})

export default app
