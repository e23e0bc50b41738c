import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { H3, readValidatedBody } from 'h3'
import { toNodeHandler } from 'h3/node'
import { chunkBytes, chunkCount, isItem, text, user } from '../cases.ts'
import { githubRoutes } from '../github-routes.ts'
import { itemSchema } from '../item-schema.ts'

const shared = new Uint8Array(chunkBytes).fill(0x78)

function chunks(): ReadableStream<Uint8Array> {
  let sent = 0
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(shared)
      sent += 1
      if (sent === chunkCount) controller.close()
    },
  })
}

const apps: Readonly<Record<string, (app: H3) => void>> = {
  a: (app) => app.get('/', () => text),
  b: (app) => app.get('/users/:id', (event) => user(event.context.params!['id']!)),
  c: (app) => app.post('/echo', (event) => readValidatedBody(event, isItem)),
  d: (app) => {
    for (const path of githubRoutes) {
      app.get(path, (event) => `${event.context.params!['owner']}/${event.context.params!['repo']}`)
    }
  },
  e: (app) => app.get('/stream', () => chunks()),
  f: (app) => {
    for (let layer = 0; layer < 10; layer += 1) app.use((_event, next) => next())
    app.get('/', () => text)
  },
  g: (app) => app.post('/echo', (event) => readValidatedBody(event, itemSchema)),
}

/** Starts the server of one case on a free port and returns the port. */
export async function start(caseId: string): Promise<number> {
  const app = new H3()
  apps[caseId]!(app)
  const server = createServer(toNodeHandler(app))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
