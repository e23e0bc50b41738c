import express from 'express'
import { Application, JSONResponse, Mount, Route, fromFetch, fromNode } from 'stelline'

/** The app as it was. */
const old = express()
old.use(express.json())
old.get('/users/:id', (request, response) => void response.json({ id: request.params.id, old: true }))
old.post('/users', (request, response) => void response.status(201).json(request.body))

/** A handler of the Fetch standard, as Hono makes them: it sees its URLs without the mount. */
const edge = (request: Request): Response => new Response(new URL(request.url).pathname)

const app: Application = new Application({
  routes: [
    new Route('/users/me', () => new JSONResponse({ id: 'me', old: false })), // what has moved
    new Mount('/edge', fromFetch(edge)),
    new Mount('/', fromNode(old)), // everything else
  ],
})

export default app
