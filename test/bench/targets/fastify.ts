import { Readable } from 'node:stream'
import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { chunkBytes, chunkCount, text, user } from '../cases.ts'
import { githubRoutes } from '../github-routes.ts'

const shared = Buffer.alloc(chunkBytes, 'x')

function* chunks(): Generator<Buffer> {
  for (let sent = 0; sent < chunkCount; sent += 1) yield shared
}

const itemSchema = {
  type: 'object',
  required: ['name', 'price', 'tags'],
  properties: {
    name: { type: 'string', minLength: 1 },
    price: { type: 'number', exclusiveMinimum: 0 },
    tags: { type: 'array', items: { type: 'string' } },
  },
}

const echo = (app: FastifyInstance): void => {
  app.post('/echo', { schema: { body: itemSchema } }, async (request) => request.body)
}

const apps: Readonly<Record<string, (app: FastifyInstance) => void>> = {
  a: (app) => app.get('/', async () => text),
  b: (app) => app.get<{ Params: { id: string } }>('/users/:id', async (request) => user(request.params.id)),
  c: echo,
  d: (app) => {
    for (const path of githubRoutes) {
      app.get<{ Params: { owner: string; repo: string } }>(
        path,
        async (request) => `${request.params.owner}/${request.params.repo}`,
      )
    }
  },
  e: (app) =>
    app.get('/stream', (_request, reply) => reply.type('application/octet-stream').send(Readable.from(chunks()))),
  f: (app) => {
    for (let layer = 0; layer < 10; layer += 1) app.addHook('onRequest', (_request, _reply, done) => done())
    app.get('/', async () => text)
  },
  g: echo,
}

/** Starts the server of one case on a free port and returns the port. */
export async function start(caseId: string): Promise<number> {
  const app = fastify()
  apps[caseId]!(app)
  return Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port)
}
