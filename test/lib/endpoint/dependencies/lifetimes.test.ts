import { test } from 'tap'
import { z } from 'zod'
import { depends } from '../../../../lib/endpoint/dependencies/depends.ts'
import { planDependencies } from '../../../../lib/endpoint/dependencies/dependency-plan.ts'
import { HTTPException } from '../../../../lib/exceptions/http-exception.ts'
import { StreamingResponse } from '../../../../lib/response/streaming-response.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'
import { Router } from '../../../../routing/router.ts'

const early = { cleanup: 'before-response' } as const

/** A dependency that ends before the response, and notes when. */
function transactionIn(notes: string[]) {
  return depends(
    async function* () {
      yield 'transaction'
      notes.push('commit')
    },
    { name: 'transaction', ...early },
  )
}

test('planDependencies: what has no second half may need what ends before the response', async (t) => {
  const notes: string[] = []
  const transaction = transactionIn(notes)
  class Repository {
    readonly from: string
    constructor(input: { transaction: string }) {
      this.from = input.transaction
    }
  }
  const repository = depends({ transaction }, Repository)
  const service = depends({ repository }, async (input) => `service of ${input.repository.from}`)
  const app = new Application()
  app.get('/', { dependencies: { service } }, (input) => {
    notes.push('endpoint')
    return input.service
  })
  await using client = await TestClient.open(app)
  t.equal(await (await client.get('/')).json(), 'service of transaction')
  t.strictSame(notes, ['endpoint', 'commit'])
})

test('planDependencies: a generator that outlives what it needs is refused, however far away that is', async (t) => {
  const transaction = transactionIn([])
  const repository = depends({ transaction }, () => 1, { name: 'repository' })
  const outer = depends(
    { repository },
    function* () {
      yield 1
    },
    { name: 'outer' },
  )
  t.throws(() => planDependencies([{ name: null, dependency: outer }]), {
    message:
      'Cannot build the dependencies: "outer" lives until after the response and needs "repository", which ends before it; expected the same "cleanup"',
  })
})

test('planDependencies: a generator that a plain function returns ends with what it needs', async (t) => {
  const notes: string[] = []
  const transaction = transactionIn(notes)
  async function* work(): AsyncGenerator<number, void, void> {
    yield 1
    notes.push('work ends')
  }
  const outer = depends({ transaction }, () => work())
  const app = new Application()
  app.get('/', { dependencies: { outer } }, () => {
    return (async function* () {
      notes.push('sending')
      yield 1
    })()
  })
  await using client = await TestClient.open(app)
  await (await client.get('/')).text()
  t.strictSame(notes, ['work ends', 'commit', 'sending'])
})

test('planDependencies: a value has no end', async (t) => {
  const value = depends(5, early)
  const outer = depends({ value }, function* (input) {
    yield input.value
  })
  const app = new Application({ dependencies: [value] })
  app.get('/', { dependencies: { outer } }, (input) => input.outer)
  await using client = await TestClient.open(app)
  t.equal(await (await client.get('/')).json(), 5)
})

test('overrides: a replacement may end before the response where plain functions need it', async (t) => {
  const notes: string[] = []
  const database = depends(async function* () {
    yield 'real'
  })
  const repository = depends({ database }, (input) => input.database)
  const app = new Application()
  app.get('/', { dependencies: { repository } }, (input) => input.repository)
  app.overrides.set(database, transactionIn(notes))
  await using client = await TestClient.open(app)
  t.equal(await (await client.get('/')).json(), 'transaction')
  t.strictSame(notes, ['commit'])
})

// ---- errors at the end

/** Returns a generator that hears of an error and throws what is given. */
function throwing(error: unknown) {
  return depends(async function* () {
    try {
      yield
    } finally {
      // oxlint-disable-next-line no-unsafe-finally, typescript/only-throw-error -- what such a generator does to the error
      throw error
    }
  })
}

/** Returns what the outermost dependency of an endpoint hears of that fails with an error. */
async function heard(inner: ReturnType<typeof throwing>, original: unknown): Promise<unknown> {
  let seen: unknown = null
  const outer = depends(async function* () {
    try {
      yield
    } catch (error) {
      seen = error
      throw error
    }
  })
  const app = new Application()
  app.get('/', { dependencies: { outer, inner } }, () => {
    throw original
  })
  await using client = await TestClient.open(app, { raiseServerErrors: false })
  await client.get('/')
  return seen
}

test('OpenDependencies: an error in place of another one has that as its cause', async (t) => {
  const original = new Error('original')
  const seen = await heard(throwing(new Error('clean-up')), original)
  t.match(seen, { message: 'clean-up' })
  t.equal((seen as Error).cause, original)
})

test('OpenDependencies: the cause of an error stays, and the other one becomes the last of its causes', async (t) => {
  const original = new Error('original')
  const socket = new Error('socket')
  const seen = await heard(throwing(new Error('clean-up', { cause: socket })), original)
  t.equal((seen as Error).cause, socket)
  t.equal(socket.cause, original)
})

test('OpenDependencies: an error that tells of the other one stays as it is', async (t) => {
  const original = new Error('original')
  const translated = new HTTPException(404, { detail: 'none' })
  translated.cause = original
  t.equal(await heard(throwing(translated), original), translated)
  t.equal(translated.cause, original)
  t.equal(original.cause, undefined)
  t.equal(await heard(throwing(original), original), original)
  t.equal(original.cause, undefined)
})

test('OpenDependencies: causes that go in a circle, and errors that cannot be changed, are thrown on', async (t) => {
  const one = new Error('one')
  one.cause = new Error('two', { cause: one })
  t.equal(await heard(throwing(one), new Error('original')), one)
  const frozen = Object.freeze(new Error('frozen'))
  t.equal(await heard(throwing(frozen), new Error('original')), frozen)
  t.equal(await heard(throwing('text'), new Error('original')), 'text')
})

test('OpenDependencies: yielding again is an error whose cause is the one that was thrown', async (t) => {
  const original = new Error('original')
  const twice = depends(async function* () {
    for (;;) {
      try {
        yield
      } catch {}
    }
  })
  const seen = await heard(twice, original)
  t.match(seen, { name: 'TypeError', message: /it yields more than once$/ })
  t.equal((seen as Error).cause, original)
})

test('OpenDependencies: a clean-up that fails after an answer that has failed is reported with that', async (t) => {
  const app = new Application()
  app.get('/', { dependencies: [throwing(new Error('clean-up'))] }, () => {
    return new StreamingResponse(
      (async function* () {
        yield 'a'
        throw new Error('broken')
      })(),
    )
  })
  await using client = await TestClient.open(app)
  await t.rejects(
    client.get('/').then((response) => response.text()),
    { message: 'clean-up', cause: { message: 'broken' } },
  )
})

// ---- layers

test('DependencyLayer: an override that reads the body is refused with words', async (t) => {
  const guard = depends(() => 1, { name: 'guard' })
  const app = new Application({ dependencies: [guard] })
  app.post('/', { body: z.object({}) }, ({ body }) => body)
  app.overrides.set(
    guard,
    depends({ body: z.object({}) }, () => 2, { name: 'reading' }),
  )
  await using client = await TestClient.open(app)
  await t.rejects(client.post('/', { json: {} }), {
    message: /^Cannot add the dependency "reading" to a router: it reads the body, which the endpoint would not get/,
  })
})

test('DependencyLayer: an override that ends before the response is refused with words', async (t) => {
  const guard = depends(() => 1, { name: 'guard' })
  const router = new Router({ dependencies: [guard] })
  router.get('/', {}, () => 1)
  const app = new Application().include(router)
  app.overrides.set(guard, transactionIn([]))
  await using client = await TestClient.open(app)
  await t.rejects(client.get('/'), { message: /^Cannot add the dependency "transaction" to a router: it ends before/ })
})
