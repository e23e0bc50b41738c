import { test } from 'tap'
import { JSONResponse } from '../../lib/response/json-response.ts'
import { AppDriver } from '../../lib/testing/app-driver.ts'
import { lint } from '../../lib/testing/conformance/lint.ts'
import { lifespanScope } from '../../lib/testing/scopes.ts'
import { TestClient } from '../../lib/testing/test-client.ts'
import { Application } from '../../routing/application.ts'
import { Mount } from '../../routing/mount.ts'
import { Router } from '../../routing/router.ts'

/** An application that notes its lifespan and answers with its state. */
const noting = (
  name: string,
  notes: string[],
  routes: Mount[] = [],
): Application<{ name: string; [key: string]: unknown }> =>
  new Application({
    routes,
    lifespan: async function* () {
      notes.push(`start ${name}`)
      yield { name, [`of ${name}`]: true }
      notes.push(`stop ${name}`)
    },
  }).get('/state', (request) => new JSONResponse(request.state))

test('Application: what the lifespan yields is the state of every request and WebSocket', async (t) => {
  const app = new Application({
    lifespan: async function* () {
      yield { database: { open: true } }
    },
  })
    .get('/', (request) => new JSONResponse(request.state.database.open))
    .websocket('/', async (websocket) => {
      await websocket.accept()
      await websocket.sendJson(websocket.state.database)
    })
  await using client = await TestClient.open(app)
  t.equal(await (await client.get('/')).json(), true)
  await using websocket = await client.websocket('/')
  t.strictSame(await websocket.receiveJson(), { open: true })
})

test('Application: the lifespan gets the application', async (t) => {
  let given: unknown
  const app: Application = new Application({
    lifespan: async (own) => {
      given = own
    },
  }) as Application
  const client = await TestClient.open(app)
  t.equal(given, app)
  await client.close()
})

test('Application: lifespans nest: outer ones start first and stop last', async (t) => {
  const notes: string[] = []
  const inner = noting('inner', notes, [new Mount('/in', noting('innermost', notes))])
  const outer = noting('outer', notes, [
    new Mount('/in', inner),
    new Mount('/list', [new Mount('/x', noting('listed', notes))]),
  ])
  const client = await TestClient.open(outer)
  t.strictSame(notes, ['start outer', 'start inner', 'start innermost', 'start listed'])
  await client.close()
  t.strictSame(notes.slice(4), ['stop listed', 'stop innermost', 'stop inner', 'stop outer'])
})

test('Application: in another one, its state lies over the state of that one, for its own requests', async (t) => {
  const inner = noting('inner', [], [new Mount('/in', noting('innermost', []))])
  const outer = noting(
    'outer',
    [],
    [
      new Mount('/in', inner),
      new Mount(
        '/plain',
        new Application().get('/state', (request) => new JSONResponse(request.state)),
      ),
    ],
  )
  await using client = await TestClient.open(outer)
  t.strictSame(await (await client.get('/state')).json(), { name: 'outer', 'of outer': true })
  t.strictSame(await (await client.get('/in/state')).json(), { name: 'inner', 'of outer': true, 'of inner': true })
  t.strictSame(await (await client.get('/in/in/state')).json(), {
    name: 'innermost',
    'of outer': true,
    'of inner': true,
    'of innermost': true,
  })
  t.strictSame(await (await client.get('/plain/state')).json(), { name: 'outer', 'of outer': true })
  t.strictSame(await (await client.get('/state')).json(), { name: 'outer', 'of outer': true })
})

test('Application: two servers of one application do not share the state of what it mounts', async (t) => {
  let started = 0
  const inner = new Application({ lifespan: async () => ({ number: ++started }) }).get(
    '/',
    (request) => new JSONResponse(request.state.number),
  )
  const outer = new Application({ routes: [new Mount('/in', inner)] })
  await using first = await TestClient.open(outer)
  await using second = await TestClient.open(outer)
  t.equal(await (await first.get('/in/')).json(), 1)
  t.equal(await (await second.get('/in/')).json(), 2)
})

test('Application: shuts down what had started when something mounted fails to start', async (t) => {
  const notes: string[] = []
  const broken = new Application({
    lifespan: async () => {
      throw new Error('no database')
    },
  })
  const outer = noting('outer', notes, [new Mount('/a', noting('a', notes)), new Mount('/b', broken)])
  const driver = new AppDriver(lint(outer.asgi), lifespanScope())
  driver.deliver({ type: 'lifespan.startup' })
  t.match(await driver.next(), { type: 'lifespan.startup.failed', message: /no database/ })
  await t.rejects(driver.finished, { message: 'no database' })
  t.strictSame(notes, ['start outer', 'start a', 'stop a', 'stop outer'])
})

test('Application: its own shutdown runs though one that is mounted fails', async (t) => {
  const notes: string[] = []
  const broken = new Application({
    lifespan: async function* () {
      yield
      throw new Error('stuck')
    },
  })
  const client = await TestClient.open(noting('outer', notes, [new Mount('/b', broken)]))
  await t.rejects(client.close(), { message: 'stuck' })
  t.strictSame(notes, ['start outer', 'stop outer'])
})

test('Application: a shutdown that fails hides no other one', async (t) => {
  const stuck = (name: string): (() => AsyncGenerator<undefined, void, void>) =>
    async function* () {
      yield
      throw new Error(name)
    }
  const inner = new Application({ lifespan: stuck('inner') })
  const client = await TestClient.open(new Application({ lifespan: stuck('outer'), routes: [new Mount('/b', inner)] }))
  await t.rejects(client.close(), { errors: [{ message: 'inner' }, { message: 'outer' }] })
})

test('Router: runs the lifespans of what it mounts', async (t) => {
  const notes: string[] = []
  {
    await using client = await TestClient.open(new Router({ routes: [new Mount('/x', noting('mounted', notes))] }))
    t.match(await (await client.get('/x/state')).json(), { name: 'mounted' })
  }
  t.strictSame(notes, ['start mounted', 'stop mounted'])
})

test('Application: middleware that cannot be put around it fails at start-up', async (t) => {
  const app = new Application({ middleware: [function limit() {} as never] })
  await t.rejects(TestClient.open(app, { lifespan: 'on' }), /Cannot add middleware "limit"/)
})
