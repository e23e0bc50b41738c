import express from 'express'
import type { Express } from 'express'
import { Application, PlainTextResponse } from 'stelline'
import { toNodeListener } from 'stelline/servers'
import type { NodeListener } from 'stelline/servers'

const app = new Application()
app.get(
  '/users/{id:int}',
  (request) => new PlainTextResponse(request.urlFor('user', { id: request.pathParams.id }).href),
  {
    name: 'user',
  },
)
app.post('/upper', async (request) => new PlainTextResponse((await request.text()).toUpperCase()))

/** Give `listener.upgrade` to the event "upgrade" of the server, and call `listener.close()` before the process ends. */
export const listener: NodeListener = toNodeListener(app)

/** The app as it was, with the new one in front of its parsers. */
export const old: Express = express()
old.use('/v2', listener)
old.use(express.json())
old.get('/users/:id', (request, response) => void response.json({ id: request.params.id }))
