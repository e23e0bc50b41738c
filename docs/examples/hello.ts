import { Application, HTTPException, JSONResponse, PlainTextResponse, Route, WebSocketRoute } from 'stelline'
import { z } from 'zod'

const Item = z.object({ name: z.string().min(1), price: z.number().positive() })
type Item = z.infer<typeof Item>

const app = new Application({
  routes: [
    new Route('/', () => new PlainTextResponse('Hello, world!')),
    new Route('/greet/{name}', (request) => new JSONResponse({ greeting: `Hello, ${request.pathParams.name}!` })),
    new WebSocketRoute('/echo', async (websocket) => {
      await websocket.accept()
      for await (const text of websocket.iterText()) await websocket.sendText(text)
    }),
  ],
  // Runs before the first request; what follows the yield runs after the last one.
  lifespan: async function* () {
    const items = new Map<number, Item>()
    yield { items }
    items.clear()
  },
})

app.get('/items/{id:int}', (request) => {
  const item = request.state.items.get(request.pathParams.id)
  if (item === undefined) throw new HTTPException(404, { detail: `No item ${request.pathParams.id}` })
  return new JSONResponse(item)
})

app.put('/items/{id:int}', async (request) => {
  const body = Item.safeParse(await request.json())
  if (!body.success) return new JSONResponse({ errors: body.error.issues }, { status: 422 })
  request.state.items.set(request.pathParams.id, body.data)
  return new JSONResponse(body.data, { status: 201 })
})

export default app
