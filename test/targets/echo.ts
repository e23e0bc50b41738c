import type { ASGIApp } from 'stelline/spec'
import { readBody } from './read-body.ts'

/** Answers every request with its body. */
export const echo: ASGIApp = async (scope, receive, send) => {
  if (scope.type !== 'http') throw new Error(`Cannot echo a scope of type "${scope.type}"`)
  const body = await readBody(receive)
  await send({ type: 'http.response.start', status: 200, headers: [['content-type', 'text/plain']] })
  await send({ type: 'http.response.body', body })
}
