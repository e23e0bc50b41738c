import { Application, JSONResponse, PlainTextResponse, StreamingResponse } from 'stelline'
import type { Middleware } from 'stelline'
import { serve } from 'stelline/servers'
import { chunkBytes, chunkCount, slowChunkBytes, slowChunkCount, text, user } from '../cases.ts'
import { githubRoutes } from '../github-routes.ts'
import { itemSchema } from '../item-schema.ts'

const shared: Uint8Array = Buffer.alloc(chunkBytes, 'x')

async function* chunks(count: number, chunk: () => Uint8Array): AsyncGenerator<Uint8Array> {
  for (let sent = 0; sent < count; sent += 1) yield chunk()
}

const passOn: Middleware = (app) => (scope, receive, send) => app(scope, receive, send)

const apps: Readonly<Record<string, () => Application>> = {
  a: () => new Application().get('/', () => new PlainTextResponse(text)),
  b: () => new Application().get('/users/{id}', (request) => new JSONResponse(user(request.pathParams.id))),
  c: () =>
    new Application().post('/echo', async (request) => {
      const item = itemSchema.safeParse(await request.json())
      return item.success ? new JSONResponse(item.data) : new JSONResponse(item.error.issues, { status: 422 })
    }),
  d: () => {
    const app = new Application()
    for (const path of githubRoutes) {
      app.get(path.replace(/:(\w+)/g, '{$1}'), (request) => {
        const { owner, repo } = request.pathParams as { owner: string; repo: string }
        return new PlainTextResponse(`${owner}/${repo}`)
      })
    }
    return app
  },
  e: () => new Application().get('/stream', () => new StreamingResponse(chunks(chunkCount, () => shared))),
  f: () => new Application({ middleware: Array(10).fill(passOn) }).get('/', () => new PlainTextResponse(text)),
  g: () => new Application().post('/echo', { body: itemSchema }, ({ body }) => body),
  slow: () =>
    new Application().get(
      '/stream',
      () => new StreamingResponse(chunks(slowChunkCount, () => Buffer.alloc(slowChunkBytes, 'x'))),
    ),
}

/** Starts the server of one case on a free port and returns the port. */
export async function start(caseId: string): Promise<number> {
  const server = await serve(apps[caseId]!(), { port: 0 })
  return server.port!
}
