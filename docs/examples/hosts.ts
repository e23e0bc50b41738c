import { Application, Host, JSONResponse, PlainTextResponse, Route } from 'stelline'

const tenant = [
  new Route('/', (request) => new JSONResponse(request.pathParams), { name: 'home' }),
  new Route('/orders/{id:int}', (request) => new JSONResponse(request.pathParams), { name: 'order' }),
] as const

const routes = [
  new Host('api.shop.example', [new Route('/', () => new JSONResponse({ version: 1 }))]),
  new Host('{tenant}.shop.example', tenant, { name: 'tenant' }),
  // What has no host of its own.
  new Route('/', (request) => new PlainTextResponse(request.urlFor('tenant:order', { tenant: 'acme', id: 7 }).href)),
] as const

export default new Application({ routes })
