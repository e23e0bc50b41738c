import { Application, HTTPException, JSONResponse, Mount, PlainTextResponse, Route, exceptionHandler } from 'stelline'
import type { Middleware } from 'stelline'

class OutOfStock extends Error {
  readonly left: number

  constructor(left: number) {
    super(`Only ${left} left`)
    this.left = left
  }
}

/** Lets pages of one site read every answer: those of errors, too. */
const allowOneOrigin: Middleware = (app) => (scope, receive, send) =>
  app(scope, receive, (message) => {
    if (message.type !== 'http.response.start') return send(message)
    const headers = [...(message.headers ?? []), ['access-control-allow-origin', 'https://example.org'] as const]
    return send({ ...message, headers })
  })

const api = [
  new Route('/order', () => {
    throw new OutOfStock(2)
  }),
  new Route('/bug', () => {
    throw new TypeError('Cannot read properties of undefined')
  }),
  new Route('/locked', () => {
    throw new HTTPException(401, { headers: { 'www-authenticate': 'Bearer' } })
  }),
]

export default new Application({
  middleware: [allowOneOrigin],
  routes: [
    new Mount('/api', api, {
      exceptionHandlers: [
        exceptionHandler(HTTPException, (_, { status, detail, headers }) => {
          return new JSONResponse({ error: detail }, { status, ...(headers !== null && { headers }) })
        }),
      ],
    }),
  ],
  exceptionHandlers: [
    exceptionHandler(404, (request) => new PlainTextResponse(`Nothing is at ${request.path}`, { status: 404 })),
    exceptionHandler(OutOfStock, (_, { left }) => new JSONResponse({ left }, { status: 409 })),
    exceptionHandler(500, () => new PlainTextResponse('We have been told. Please try later.', { status: 500 })),
  ],
})
