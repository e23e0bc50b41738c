import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import polka from 'polka'
import type { Polka, PolkaRequest } from 'polka'
import { chunkBytes, chunkCount, isItem, text, user } from '../cases.ts'
import { githubRoutes } from '../github-routes.ts'

const shared: Uint8Array = Buffer.alloc(chunkBytes, 'x')

function json(response: ServerResponse, value: unknown, status = 200): void {
  const body = JSON.stringify(value)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

/** Polka reads no bodies by itself: this is what one writes. */
async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const value: unknown = JSON.parse(Buffer.concat(chunks).toString())
  if (isItem(value)) json(response, value)
  else json(response, { error: 'not an item' }, 422)
}

async function stream(_request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/octet-stream' })
  for (let sent = 0; sent < chunkCount && !response.destroyed; sent += 1) {
    if (!response.write(shared)) await new Promise<void>((resolve) => response.once('drain', resolve))
  }
  response.end()
}

const apps: Readonly<Record<string, (app: Polka) => void>> = {
  a: (app) => void app.get('/', (_request, response) => response.end(text)),
  b: (app) => void app.get('/users/:id', (request, response) => json(response, user(request.params['id']!))),
  c: (app) => void app.post('/echo', echo),
  d: (app) => {
    for (const path of githubRoutes) {
      app.get(path, ({ params }: PolkaRequest, response) => response.end(`${params['owner']}/${params['repo']}`))
    }
  },
  e: (app) => void app.get('/stream', stream),
  f: (app) => {
    for (let layer = 0; layer < 10; layer += 1) app.use((_request, _response, next) => next())
    app.get('/', (_request, response) => response.end(text))
  },
  g: (app) => void app.post('/echo', echo),
}

/** Starts the server of one case on a free port and returns the port. */
export function start(caseId: string): Promise<number> {
  const app = polka()
  apps[caseId]!(app)
  return new Promise((resolve) => {
    app.listen(0, '127.0.0.1', () => resolve((app.server.address() as AddressInfo).port))
  })
}
