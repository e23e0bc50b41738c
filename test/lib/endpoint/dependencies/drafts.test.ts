import { test } from 'tap'
import { depends } from '../../../../lib/endpoint/dependencies/depends.ts'
import type { Dependency } from '../../../../lib/endpoint/dependencies/dependency.ts'
import type { ResponseDraft } from '../../../../lib/endpoint/contract/response-draft.ts'
import { HTTPException } from '../../../../lib/exceptions/http-exception.ts'
import { JSONResponse } from '../../../../lib/response/json-response.ts'
import { PlainTextResponse } from '../../../../lib/response/plain-text-response.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { fromFunction } from '../../../../middleware/from-function/from-function.ts'
import { Application } from '../../../../routing/application.ts'
import { Mount } from '../../../../routing/mount.ts'
import { Router } from '../../../../routing/router.ts'

/** A dependency that wants something of the answer. */
function wanting(want: (draft: ResponseDraft) => void): Dependency<string> {
  return depends(
    ({ response }) => {
      want(response)
      return 'ann'
    },
    { name: 'wanting' },
  )
}

const session = wanting((draft) => {
  draft.status = 202
  draft.setCookie('sid', 'new')
  draft.headers.set('x-left', '3')
  draft.headers.append('link', '</a>')
  draft.headers.append('link', '</b>')
})

/** Where a dependency can stand, outside of a contract. */
const places: Readonly<Record<string, (dependency: Dependency, add: (router: Router) => void) => Application>> = {
  'an application': (dependency, add) => {
    const app = new Application({ dependencies: [dependency] })
    add(app)
    return app
  },
  'an included router': (dependency, add) => {
    const router = new Router({ dependencies: [dependency] })
    add(router)
    return new Application().include(router)
  },
  'an include': (dependency, add) => {
    const router = new Router()
    add(router)
    return new Application().include(router, { dependencies: [dependency] })
  },
  'a mount': (dependency, add) => {
    const router = new Router()
    add(router)
    return new Application({ routes: [new Mount('', router, { dependencies: [dependency] })] })
  },
}

for (const [place, appWith] of Object.entries(places)) {
  test(`DependencyLayer: what a dependency of ${place} wants goes into the answer of a contract`, async (t) => {
    const app = appWith(session, (router) => {
      router.get('/', { dependencies: { session } }, ({ session: name }) => ({ name }))
      router.get('/other', {}, () => ({ ok: true }))
    })
    await using client = await TestClient.open(app)
    for (const path of ['/', '/other']) {
      const response = await client.get(path)
      t.equal(response.status, 202, path)
      t.match(response.headers.getAll('set-cookie'), [/^sid=new; /])
      t.equal(response.headers.get('x-left'), '3')
      t.strictSame(response.headers.getAll('link'), ['</a>', '</b>'])
    }
  })

  test(`DependencyLayer: fields that a dependency of ${place} wants go into other answers, too`, async (t) => {
    const app = appWith(session, (router) => {
      router.get('/', () => new PlainTextResponse('plain'))
      router.get('/contract', {}, () => new JSONResponse({ made: true }))
      router.get('/fetch', () => globalThis.Response.json({}))
      router.mount('/app', { asgi: new PlainTextResponse('mounted').asgi })
    })
    await using client = await TestClient.open(app)
    for (const path of ['/', '/contract', '/fetch', '/app/']) {
      const response = await client.get(path)
      t.equal(response.status, 200, path)
      t.match(response.headers.getAll('set-cookie'), [/^sid=new; /])
      t.equal(response.headers.get('x-left'), '3')
    }
  })
}

test('DependencyLayer: what a dependency of a route wants goes into its answer', async (t) => {
  const app = new Application()
  app.get('/', () => new PlainTextResponse('plain'), { dependencies: [session] })
  await using client = await TestClient.open(app)
  t.match((await client.get('/')).headers.getAll('set-cookie'), [/^sid=new; /])
})

test('DependencyLayer: fields of the answer itself win, and its cookies come last', async (t) => {
  const app = new Application({ dependencies: [session] })
  const leaving = wanting((draft) => {
    draft.status = 201
    draft.deleteCookie('sid')
    draft.headers.set('x-left', '2')
  })
  app.get('/', { dependencies: { leaving } }, ({ response }) => ({ status: response.status }))
  await using client = await TestClient.open(app)
  const response = await client.get('/')
  t.equal(response.status, 201)
  t.equal(response.headers.get('x-left'), '2')
  t.match(response.headers.getAll('set-cookie'), [/^sid=new; /, /^sid=; /])
  t.strictSame(await response.json(), { status: 201 })
})

test('DependencyLayer: an endpoint sees the status that is wanted further out, and layers add up', async (t) => {
  const status = wanting((draft) => (draft.status = 202))
  const field = wanting((draft) => draft.headers.set('x-field', String(draft.status)))
  const router = new Router({ dependencies: [field] })
  router.get('/', {}, ({ response }) => response.status)
  const app = new Application({ dependencies: [status] }).include(router)
  await using client = await TestClient.open(app)
  const response = await client.get('/')
  t.equal(response.headers.get('x-field'), '202')
  t.equal(response.status, 202)
  t.equal(await response.json(), 202)
})

test('DependencyLayer: errors that are thrown get nothing of what was wanted', async (t) => {
  const guard = depends(() => {
    throw new HTTPException(401)
  })
  const app = new Application({ dependencies: [session] })
  app.get('/thrown', () => {
    throw new HTTPException(404)
  })
  app.get('/contract', {}, () => {
    throw new HTTPException(404)
  })
  app.get('/unforeseen', () => {
    throw new Error('unforeseen')
  })
  app.get('/guarded', () => new PlainTextResponse('secret'), { dependencies: [guard] })
  const middleware = fromFunction(() => {
    throw new HTTPException(403)
  })
  app.get('/middleware', () => new PlainTextResponse('secret'), { middleware: [middleware], exceptionHandlers: [] })
  await using client = await TestClient.open(app, { raiseServerErrors: false })
  for (const path of ['/thrown', '/contract', '/unforeseen', '/guarded', '/middleware', '/missing']) {
    const response = await client.get(path)
    t.ok(response.status >= 400, path)
    t.strictSame(response.headers.getAll('set-cookie'), [], path)
    t.equal(response.headers.has('x-left'), false, path)
  }
})

test('DependencyLayer: what is wanted too late is an error that says so', async (t) => {
  const late = depends((input) => ({ save: () => input.response.setCookie('a', 'b') }), { name: 'late' })
  const app = new Application({ dependencies: [late] })
  app.get('/', { dependencies: { late } }, ({ late: { save } }) => save())
  app.get('/early', { dependencies: { late } }, () => 1)
  await using client = await TestClient.open(app)
  t.equal((await client.get('/early')).status, 200)
  await t.rejects(client.get('/'), {
    message:
      'Cannot change the answer: a dependency of a router asks for "response" after it was made; expected it to do so before, as ({ response }) => … does',
  })
})

// ---- WebSockets

/** Ends of a handshake, and the fields of its answer. */
async function handshake(app: Application, path: string): Promise<{ cookie: string[]; field: string | null }> {
  await using client = await TestClient.open(app)
  const outcome = await client.websocket(path).catch((error: unknown) => error)
  const { headers } = (outcome as { response?: PlainTextResponse }).response ?? (outcome as PlainTextResponse)
  return { cookie: headers.getAll('set-cookie'), field: headers.get('x-left') }
}

/** Endpoints that answer a handshake. */
function addSockets(router: Router, shape: { dependencies?: readonly Dependency[] }): void {
  router.websocket('/contract', shape, async ({ websocket }) => websocket.accept({ headers: { 'x-own': '1' } }))
  router.websocket('/denied', shape, async ({ websocket }) => websocket.deny(new PlainTextResponse('no')))
}

for (const [place, appWith] of Object.entries(places)) {
  test(`DependencyLayer: what a dependency of ${place} wants goes into the answer to a handshake`, async (t) => {
    const app = appWith(session, (router) => {
      addSockets(router, {})
      router.websocket('/plain', async (websocket) => websocket.accept())
    })
    for (const path of ['/contract', '/denied', '/plain']) {
      t.match(await handshake(app, path), { cookie: [/^sid=new; /], field: '3' }, path)
    }
  })
}

test('websocketContractEndpoint: what a dependency wants goes into the answer to the handshake', async (t) => {
  const app = new Application()
  addSockets(app, { dependencies: [session] })
  for (const path of ['/contract', '/denied']) {
    t.match(await handshake(app, path), { cookie: [/^sid=new; /], field: '3' }, path)
  }
})

test('websocketContractEndpoint: a refusal that is thrown gets nothing of what was wanted', async (t) => {
  const guard = depends({ session }, () => {
    throw new HTTPException(401)
  })
  const app = new Application({ dependencies: [session] })
  app.websocket('/', { dependencies: [session, guard] }, async ({ websocket }) => websocket.accept())
  t.strictSame(await handshake(app, '/'), { cookie: [], field: null })
})
