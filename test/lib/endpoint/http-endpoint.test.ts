import { test } from 'tap'
import { HTTPEndpoint } from '../../../lib/endpoint/http-endpoint.ts'
import { exceptionHandler } from '../../../lib/endpoint/exception-handlers.ts'
import type { Request } from '../../../lib/request/request.ts'
import { JSONResponse } from '../../../lib/response/json-response.ts'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import { Application } from '../../../routing/application.ts'
import { Route } from '../../../routing/route.ts'
import { Router } from '../../../routing/router.ts'

class Users extends HTTPEndpoint {
  calls = 0

  get(request: Request): PlainTextResponse {
    this.calls++
    return new PlainTextResponse(`get ${JSON.stringify(request.pathParams)} ${this.calls}`)
  }

  async post(request: Request): Promise<PlainTextResponse> {
    return new PlainTextResponse(`post ${await request.text()}`)
  }

  secret(): PlainTextResponse {
    return new PlainTextResponse('secret')
  }
}

class OwnHead extends HTTPEndpoint {
  get(): PlainTextResponse {
    return new PlainTextResponse('get')
  }

  head(): PlainTextResponse {
    return new PlainTextResponse('', { headers: { 'x-own': 'head' } })
  }

  options(): JSONResponse {
    return new JSONResponse('options')
  }
}

test('HTTPEndpoint: answers by its methods, alone and at a route', async (t) => {
  for (const app of [Users, new Router({ routes: [new Route('/', Users)] })]) {
    await using client = await TestClient.open(app)
    t.equal(await (await client.get('/')).text(), 'get {} 1')
    t.equal(await (await client.post('/', { body: 'text' })).text(), 'post text')
    t.equal((await client.head('/')).status, 200)
  }
})

test('HTTPEndpoint: is made anew for each request', async (t) => {
  await using client = await TestClient.open(Users)
  await client.get('/')
  t.equal(await (await client.get('/')).text(), 'get {} 1')
})

test('HTTPEndpoint: gets the parameters of its route', async (t) => {
  await using client = await TestClient.open(new Route('/users/{id:int}', Users))
  t.equal(await (await client.get('/users/7')).text(), 'get {"id":7} 1')
})

for (const method of ['PUT', 'SECRET', 'CONSTRUCTOR', 'constructor', '__proto__', 'toString', 'TRACE']) {
  test(`HTTPEndpoint: answers ${method} with 405`, async (t) => {
    for (const app of [Users, new Route('/', Users), new Application({ routes: [new Route('/', Users)] })]) {
      await using client = await TestClient.open(app)
      const response = await client.request(method, '/')
      t.equal(response.status, 405)
      t.equal(response.headers.get('allow'), 'GET, HEAD, POST')
    }
  })
}

test('HTTPEndpoint: a later route may have the methods that it does not have', async (t) => {
  await using client = await TestClient.open(
    new Router({ routes: [new Route('/', Users)] }).put('/', () => new PlainTextResponse('put')),
  )
  t.equal(await (await client.put('/')).text(), 'put')
})

test('HTTPEndpoint: may have a head and options of its own', async (t) => {
  t.strictSame(OwnHead.methods, ['GET', 'HEAD', 'OPTIONS'])
  await using client = await TestClient.open(OwnHead)
  t.equal((await client.head('/')).headers.get('x-own'), 'head')
  t.equal(await (await client.options('/')).json(), 'options')
})

test('HTTPEndpoint: a route may take less of its methods', async (t) => {
  await using client = await TestClient.open(new Route('/', Users, { methods: ['POST'] }))
  t.equal((await client.get('/')).status, 405)
})

test('HTTPEndpoint: in an application its 405 is up to the handlers, also when it is called as an app', async (t) => {
  const app = new Application({
    exceptionHandlers: [exceptionHandler(405, () => new PlainTextResponse('handled', { status: 405 }))],
  }).mount('/', Users)
  await using client = await TestClient.open(app)
  t.equal(await (await client.put('/')).text(), 'handled')
})

test('HTTPEndpoint: gives its name to its route', async (t) => {
  t.equal(new Route('/', Users).name, 'Users')
})

test('HTTPEndpoint: refuses a class without methods', async (t) => {
  class Fields extends HTTPEndpoint {
    get = (): PlainTextResponse => new PlainTextResponse('')
  }
  t.throws(() => new Route('/', Fields), {
    name: 'TypeError',
    message:
      'Cannot use the class "Fields" as an endpoint: it has no method such as get(), expected one at least, and no arrow functions',
  })
})

test('Route: refuses a class that is no endpoint', async (t) => {
  class Other {
    get(): PlainTextResponse {
      return new PlainTextResponse('')
    }
  }
  t.throws(() => new Route('/x', Other as never), {
    name: 'TypeError',
    message:
      'Cannot add route "/x": the endpoint is the class "Other", expected a function or a class that extends HTTPEndpoint',
  })
})
