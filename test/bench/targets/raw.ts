import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { chunkBytes, chunkCount, isItem, slowChunkBytes, slowChunkCount, text, user } from '../cases.ts'

const jsonType = 'application/json'

function answer(response: ServerResponse, type: string, body: string, status = 200): void {
  response.writeHead(status, ['content-type', type, 'content-length', String(Buffer.byteLength(body))])
  response.end(body)
}

function hello(_request: IncomingMessage, response: ServerResponse): void {
  answer(response, 'text/plain; charset=utf-8', text)
}

function echo(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => void chunks.push(chunk))
  request.on('end', () => {
    const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
    const value: unknown = JSON.parse(bytes.toString())
    if (isItem(value)) answer(response, jsonType, JSON.stringify(value))
    else answer(response, jsonType, '{"error":"not an item"}', 422)
  })
}

async function stream(response: ServerResponse, count: number, chunk: () => Uint8Array): Promise<void> {
  response.writeHead(200, ['content-type', 'application/octet-stream'])
  for (let sent = 0; sent < count && !response.destroyed; sent += 1) {
    if (!response.write(chunk())) await new Promise<void>((resolve) => response.once('drain', resolve))
  }
  response.end()
}

/** What ten middlewares are without a framework: ten async functions, each waiting for the next. */
function throughTen(listener: RequestListener): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  let chain = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    listener(request, response)
  }
  for (let layer = 0; layer < 10; layer += 1) {
    const next = chain
    chain = async (request, response) => {
      await next(request, response)
    }
  }
  return chain
}

const shared: Uint8Array = Buffer.alloc(chunkBytes, 'x')
const ten = throughTen(hello)

const listeners: Readonly<Record<string, RequestListener>> = {
  a: hello,
  b: (request, response) => answer(response, jsonType, JSON.stringify(user(request.url!.slice('/users/'.length)))),
  c: echo,
  d: (request, response) =>
    answer(response, 'text/plain; charset=utf-8', request.url!.split('/').slice(3, 5).join('/')),
  e: (_request, response) => void stream(response, chunkCount, () => shared),
  f: (request, response) => void ten(request, response),
  g: echo,
  slow: (_request, response) => void stream(response, slowChunkCount, () => Buffer.alloc(slowChunkBytes, 'x')),
}

/** Starts the server of one case on a free port and returns the port. */
export async function start(caseId: string): Promise<number> {
  const server = createServer(listeners[caseId])
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
