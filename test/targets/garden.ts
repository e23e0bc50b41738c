import type { ASGIApp, HTTPScope } from 'stelline/spec'
import { readBody } from './read-body.ts'

/** Answers every request with what the server understood of it, each string in base64 of its bytes. */
export const garden: ASGIApp = async (scope, receive, send) => {
  if (scope.type !== 'http') throw new Error(`Cannot describe a scope of type "${scope.type}"`)
  const body = await readBody(receive)
  await send({ type: 'http.response.start', status: 200, headers: [['content-type', 'application/json']] })
  await send({ type: 'http.response.body', body: JSON.stringify(describe(scope, body)) })
}

function describe(scope: HTTPScope, body: Buffer): object {
  const query = scope.query_string === '' ? '' : `?${scope.query_string}`
  return {
    headers: [...scope.headers].map(([name, value]) => [base64(name), base64(value)]),
    body: body.toString('base64'),
    uri: base64(`${scope.raw_path}${query}`),
    method: base64(scope.method),
    version: base64(scope.http_version),
  }
}

function base64(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64')
}
