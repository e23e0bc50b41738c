import { test } from 'tap'
import { Application, Mount, PlainTextResponse, Request, Route, WebSocketRoute } from 'stelline'
import { TestClient } from 'stelline/testing'
import { httpScope } from '../support/messages.ts'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('Application: a shutdown waits for the tasks of requests and WebSockets, before the lifespan shuts down', async (t) => {
  const steps: string[] = []
  const app = new Application({
    routes: [
      new Route('/', (request) => {
        request.tasks.add(async () => {
          await turn()
          steps.push('task of a request')
        })
        return new PlainTextResponse('')
      }),
      new WebSocketRoute('/ws', async (websocket) => {
        await websocket.accept()
        websocket.tasks.add(async () => {
          await turn()
          steps.push('task of a WebSocket')
        })
      }),
    ],
    lifespan: async function* () {
      yield {}
      steps.push('shutdown')
    },
  })
  const client = await TestClient.open(app)
  await client.get('/')
  await client.websocket('/ws')
  await client.close()
  t.strictSame(steps.toSorted(), ['shutdown', 'task of a WebSocket', 'task of a request'])
  t.equal(steps.at(-1), 'shutdown')
})

test('Application: tasks can be added by the lifespan', async (t) => {
  const steps: string[] = []
  const app = new Application({
    lifespan: async function* (app_) {
      const worker = app_.tasks.add(async ({ signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
        steps.push('worker ended')
      })
      yield {}
      worker.cancel()
    },
    tasks: { drainTimeoutMs: 0 },
  })
  const client = await TestClient.open(app)
  await turn()
  await client.close()
  t.strictSame(steps, ['worker ended'])
})

test('Application: tasks that a failed start-up has added are waited for', async (t) => {
  let ended = false
  const app = new Application({
    lifespan: async (app_) => {
      app_.tasks.add(async () => {
        await turn()
        ended = true
      })
      throw new Error('no database')
    },
  })
  await t.rejects(TestClient.open(app), { message: 'no database' })
  t.ok(ended)
})

test('Application: failures of tasks go to the log of its options', async (t) => {
  const lines: string[] = []
  const app = new Application({ tasks: { log: { error: (message) => void lines.push(message) } } })
  await app.tasks.add(() => Promise.reject(new Error('x')), 'mail').ended
  t.strictSame(lines, ['The task "mail" failed'])
})

test('Application: of several, the one that handles a request has its tasks', async (t) => {
  const inner = new Application()
  const outer = new Application({ routes: [new Mount('/inner', inner)] })
  let owner: unknown
  inner.get('/', (request) => {
    owner = request.tasks
    return new PlainTextResponse('')
  })
  await using client = await TestClient.open(outer)
  await client.get('/inner/')
  t.equal(owner, inner.tasks)
})

test('Request: has no tasks outside an application', async (t) => {
  t.throws(() => new Request(httpScope()).tasks, {
    message: 'Cannot add a task: the connection has passed no application',
  })
})
