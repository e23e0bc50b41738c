/*
 * What must compile and what must not. Nothing here runs: the type check of the project reads it.
 */

/* oxlint-disable no-new, no-unused-expressions, typescript/no-unnecessary-type-parameters, typescript/no-generated-empty-object-type -- only the types matter here */
import { Application, exceptionHandler, JSONResponse, Mount, PathPattern, PlainTextResponse } from '../../index.ts'
import { Route, Router, WebSocketRoute } from '../../index.ts'
import type { HTTPException, PathParams, Request, WebSocket } from '../../index.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Does not compile unless the types are the same. */
function same<A, B>(..._proof: Equal<A, B> extends true ? [] : ['these types differ', A, B]): void {}

// ---- path parameters

same<PathParams<'/'>, {}>()
same<PathParams<'/users/{id:int}'>, { readonly id: number }>()
same<PathParams<'/{a}/{b:str}/{c:float}/{d:uuid}/{e:path}'>, Record5>()
same<PathParams<'/{file}.{type}'>, { readonly file: string; readonly type: string }>()
same<PathParams<'/{x:unknown}'>, { readonly x: unknown }>()
same<PathParams<string>, Record<string, unknown>>()

interface Record5Fields {
  readonly a: string
  readonly b: string
  readonly c: number
  readonly d: string
  readonly e: string
}
type Record5 = { [Key in keyof Record5Fields]: Record5Fields[Key] }

// ---- routes

new Route('/users/{id:int}', (request) => {
  same<typeof request.pathParams.id, number>()
  // @ts-expect-error -- the path has no such parameter
  request.pathParams.name
  return new JSONResponse(request.pathParams)
})

const anywhere: string = '/made/at/run/time'
new Route(anywhere, (request) => {
  same<typeof request.pathParams, Record<string, unknown>>()
  return new PlainTextResponse()
})

new WebSocketRoute('/{room}', (websocket) => {
  same<typeof websocket.pathParams, { readonly room: string }>()
})

new Route('/fetch', () => new Response('fetch'))
new Route('/later', async () => new PlainTextResponse())
new Route('/app', new Router(), { methods: ['GET'] })
new Route('/typed/{id}', (request: Request<{ id: string }>) => new PlainTextResponse(request.pathParams.id))

// @ts-expect-error -- an endpoint answers
new Route('/', () => {})
// @ts-expect-error -- with a response
new Route('/', () => 'text')
// @ts-expect-error -- with a response
new Route('/', async () => ({ json: true }))
// @ts-expect-error -- the parameter is a string
new Route('/{id}', (request: Request<{ id: number }>) => new JSONResponse(request.pathParams.id))
// @ts-expect-error -- an endpoint for WebSockets answers nothing
new WebSocketRoute('/', () => new PlainTextResponse())

// ---- converters of one's own

const date = {
  regex: /[0-9]{4}-[0-9]{2}-[0-9]{2}/,
  convert: (text: string) => (Number.isNaN(Date.parse(text)) ? undefined : new Date(text)),
  format: (value: Date) => value.toISOString(),
}

new Route(new PathPattern('/{day:date}/{id:int}', { date }), (request) => {
  same<typeof request.pathParams, { readonly day: Date; readonly id: number }>()
  return new PlainTextResponse()
})

new Router().get(new PathPattern('/{day:date}', { date }), (request) => {
  same<typeof request.pathParams.day, Date>()
  return new PlainTextResponse()
})

// @ts-expect-error -- a converter has an expression
new PathPattern('/{day:date}', { date: { convert: String, format: String } })

// ---- applications

const app = new Application({
  routes: [
    new Route('/', () => new PlainTextResponse()),
    new Route('/{id:int}', (request) => new JSONResponse(request.pathParams.id)),
    new WebSocketRoute('/ws', async (websocket) => websocket.accept()),
    new Mount('/mounted', new Application({ lifespan: async () => ({ other: 1 }) })),
    new Mount('/routes', [new Route('/{name}', (request) => new PlainTextResponse(request.pathParams.name))]),
  ],
  lifespan: async function* () {
    yield { database: { name: 'main' } }
  },
})

app.get('/users/{id:int}', (request) => {
  same<typeof request.pathParams.id, number>()
  same<typeof request.state, { database: { name: string } }>()
  // @ts-expect-error -- the lifespan yields no such thing
  request.state.cache
  return new PlainTextResponse()
})

app.websocket('/{room}', async (websocket) => {
  same<typeof websocket.state.database.name, string>()
  same<typeof websocket.pathParams.room, string>()
})

// @ts-expect-error -- methods are named by the method that is called
app.post('/', () => new PlainTextResponse(), { methods: ['GET'] })

app.get('/a', () => new PlainTextResponse()).post('/a', (request) => new JSONResponse(request.state.database))

new Application({ lifespan: async () => ({ number: 1 }) }).get('/', (request) => {
  same<typeof request.state.number, number>()
  return new PlainTextResponse()
})

new Application({ lifespan: { startup: () => ({ number: 1 }), shutdown: async () => {} } }).get('/', (request) => {
  same<typeof request.state.number, number>()
  return new PlainTextResponse()
})

new Application({
  lifespan: async function* (own) {
    same<typeof own, Application>()
    yield
  },
}).get('/', (request) => {
  same<typeof request.state, Record<string, unknown>>()
  return new PlainTextResponse()
})

new Application().get('/', (request) => {
  same<typeof request.state, Record<string, unknown>>()
  return new PlainTextResponse()
})

// @ts-expect-error -- a lifespan is a function or an object of hooks
new Application({ lifespan: 'no' })
// @ts-expect-error -- middleware takes an app
new Application({ middleware: [{ app: true }] })

// ---- exception handlers

class OutOfStock extends Error {
  readonly item = 'tea'
}

new Application({
  exceptionHandlers: [
    exceptionHandler(OutOfStock, (connection, error) => {
      same<typeof error, OutOfStock>()
      same<typeof connection, Request | WebSocket>()
      return new PlainTextResponse(error.item)
    }),
    exceptionHandler(404, (request: Request, error) => {
      same<typeof error, HTTPException>()
      return new PlainTextResponse(request.method)
    }),
    exceptionHandler(OutOfStock, async (websocket: WebSocket) => websocket.close()),
    [500, () => new PlainTextResponse()],
  ],
})

new Application({ exceptionHandlers: new Map([[404, () => new PlainTextResponse()]]) })

// @ts-expect-error -- the handler is for another error
exceptionHandler(OutOfStock, (_request, error: HTTPException) => new PlainTextResponse(error.detail))
// @ts-expect-error -- a handler answers with a response
exceptionHandler(404, () => 'text')
