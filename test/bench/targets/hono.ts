import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { stream } from 'hono/streaming'
import { validator } from 'hono/validator'
import { chunkBytes, chunkCount, isItem, text, user } from '../cases.ts'
import { githubRoutes } from '../github-routes.ts'
import { itemSchema } from '../item-schema.ts'

const shared = Buffer.alloc(chunkBytes, 'x')

const item = validator('json', (value, context) =>
  isItem(value) ? value : context.json({ error: 'not an item' }, 422),
)

const itemOfZod = validator('json', (value, context) => {
  const parsed = itemSchema.safeParse(value)
  return parsed.success ? parsed.data : context.json({ error: parsed.error.issues }, 422)
})

const apps: Readonly<Record<string, (app: Hono) => void>> = {
  a: (app) => app.get('/', (context) => context.text(text)),
  b: (app) => app.get('/users/:id', (context) => context.json(user(context.req.param('id')))),
  c: (app) => app.post('/echo', item, (context) => context.json(context.req.valid('json'))),
  d: (app) => {
    for (const path of githubRoutes) {
      app.get(path, (context) => context.text(`${context.req.param('owner')}/${context.req.param('repo')}`))
    }
  },
  e: (app) =>
    app.get('/stream', (context) =>
      stream(context, async (body) => {
        for (let sent = 0; sent < chunkCount; sent += 1) await body.write(shared)
      }),
    ),
  f: (app) => {
    for (let layer = 0; layer < 10; layer += 1) app.use((_context, next) => next())
    app.get('/', (context) => context.text(text))
  },
  g: (app) => app.post('/echo', itemOfZod, (context) => context.json(context.req.valid('json'))),
}

/** Starts the server of one case on a free port and returns the port. */
export function start(caseId: string): Promise<number> {
  const app = new Hono()
  apps[caseId]!(app)
  return new Promise((resolve) => {
    serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(port))
  })
}
