import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { node } from '@elysiajs/node'
import { Elysia, t } from 'elysia'
import { chunkBytes, chunkCount, text, user } from '../cases.ts'
import { githubRoutes } from '../github-routes.ts'

const shared: Uint8Array = Buffer.alloc(chunkBytes, 'x')

/** A stream that is pulled from, as Elysia passes it on. */
function stream(): ReadableStream<Uint8Array> {
  let sent = 0
  return new ReadableStream({
    pull(controller) {
      if (sent++ < chunkCount) controller.enqueue(shared)
      else controller.close()
    },
  })
}

const item = t.Object({
  name: t.String({ minLength: 1 }),
  price: t.Number({ exclusiveMinimum: 0 }),
  tags: t.Array(t.String()),
})

const echo = (app: Elysia): unknown => app.post('/echo', ({ body }) => body, { body: item })

const apps: Readonly<Record<string, (app: Elysia) => unknown>> = {
  a: (app) => app.get('/', () => text),
  b: (app) => app.get('/users/:id', ({ params }) => user(params.id)),
  c: echo,
  d: (app) => {
    for (const path of githubRoutes) {
      app.get(path, ({ params }) => {
        const { owner, repo } = params as { owner: string; repo: string }
        return `${owner}/${repo}`
      })
    }
  },
  e: (app) =>
    app.get('/stream', () => new Response(stream(), { headers: { 'content-type': 'application/octet-stream' } })),
  f: (app) => {
    for (let layer = 0; layer < 10; layer += 1) app.onBeforeHandle(() => {})
    app.get('/', () => text)
  },
  g: echo,
}

/** Elysia does not tell which port it was given, so it gets one that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Starts the server of one case on a free port and returns the port. */
export async function start(caseId: string): Promise<number> {
  const app = new Elysia({ adapter: node() })
  apps[caseId]!(app)
  const port = await freePort()
  app.listen({ port, hostname: '127.0.0.1' })
  while (!(await isListening(port))) await new Promise((resolve) => setTimeout(resolve, 10))
  return port
}

/** Elysia calls back before it listens. */
async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
