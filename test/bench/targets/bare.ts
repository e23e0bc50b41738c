import { Headers } from 'stelline/http'
import { serve } from 'stelline/servers'
import type { ASGIApp, HTTPScope, Receive, Send } from 'stelline/spec'
import { chunkBytes, chunkCount, isItem, slowChunkBytes, slowChunkCount, text, user } from '../cases.ts'

type HTTPApp = (scope: HTTPScope, receive: Receive, send: Send) => Promise<void>

const textType = 'text/plain; charset=utf-8'
const jsonType = 'application/json'

function answer(send: Send, type: string, body: string, status = 200): Promise<void> {
  const headers = Headers.fromFlat(['content-type', type, 'content-length', String(Buffer.byteLength(body))])
  void send({ type: 'http.response.start', status, headers })
  return send({ type: 'http.response.body', body })
}

async function echo(_scope: HTTPScope, receive: Receive, send: Send): Promise<void> {
  const chunks: Uint8Array[] = []
  for (;;) {
    const message = await receive()
    if (message.type !== 'http.request') return
    if (message.body) chunks.push(message.body)
    if (!message.more_body) break
  }
  const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
  const json = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString()
  const value: unknown = JSON.parse(json)
  return isItem(value)
    ? answer(send, jsonType, JSON.stringify(value))
    : answer(send, jsonType, '{"error":"not an item"}', 422)
}

async function stream(send: Send, count: number, chunk: () => Uint8Array): Promise<void> {
  const headers = Headers.fromFlat(['content-type', 'application/octet-stream'])
  await send({ type: 'http.response.start', status: 200, headers })
  for (let sent = 1; sent <= count; sent += 1) {
    await send({ type: 'http.response.body', body: chunk(), more_body: sent < count })
  }
}

const shared: Uint8Array = Buffer.alloc(chunkBytes, 'x')
const hello: HTTPApp = (_scope, _receive, send) => answer(send, textType, text)

function throughTen(app: HTTPApp): HTTPApp {
  let chain = app
  for (let layer = 0; layer < 10; layer += 1) {
    const next = chain
    chain = (scope, receive, send) => next(scope, receive, send)
  }
  return chain
}

const apps: Readonly<Record<string, HTTPApp>> = {
  a: hello,
  b: (scope, _receive, send) => answer(send, jsonType, JSON.stringify(user(scope.path.slice('/users/'.length)))),
  c: echo,
  d: (scope, _receive, send) => answer(send, textType, scope.path.split('/').slice(3, 5).join('/')),
  e: (_scope, _receive, send) => stream(send, chunkCount, () => shared),
  f: throughTen(hello),
  g: echo,
  slow: (_scope, _receive, send) => stream(send, slowChunkCount, () => Buffer.alloc(slowChunkBytes, 'x')),
}

/** Starts the server of one case on a free port and returns the port. */
export async function start(caseId: string): Promise<number> {
  const app: ASGIApp = apps[caseId] as ASGIApp
  const server = await serve(app, { port: 0, lifespan: 'off' })
  return server.port!
}
