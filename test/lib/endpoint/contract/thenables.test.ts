/* oxlint-disable unicorn/no-thenable -- they are what this is about */
import { test } from 'tap'
import { z } from 'zod'
import type { ContractShape } from '../../../../lib/endpoint/contract/contract.ts'
import { depends } from '../../../../lib/endpoint/dependencies/depends.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'

const Item = z.object({ id: z.number() })

/** What libraries of databases give: it runs when it is waited for, and is no instance of Promise. */
class Query<Result> implements PromiseLike<Result> {
  readonly #run: () => Promise<Result>

  constructor(run: () => Promise<Result>) {
    this.#run = run
  }

  then<A = Result, B = never>(
    onValue?: ((value: Result) => A | PromiseLike<A>) | null,
    onError?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#run().then(onValue, onError)
  }
}

const found = (): Query<{ id: number }> => new Query(async () => Promise.resolve({ id: 1, secret: 2 }))

async function textOf(shape: ContractShape, endpoint: () => unknown): Promise<string> {
  const app = new Application().get('/', shape, endpoint as never)
  await using client = await TestClient.open(app)
  return (await client.get('/')).text()
}

test('answers: what has a then is waited for', async (t) => {
  t.equal(await textOf({ responses: { 200: Item } }, found), '{"id":1}')
  t.equal(await textOf({}, found), '{"id":1,"secret":2}')
  t.equal(await textOf({}, async () => found()), '{"id":1,"secret":2}')
})

test('answers: what it fails with is the error of the endpoint', async (t) => {
  const failing = (): unknown => new Query(async () => Promise.reject(new Error('no such table')))
  await t.rejects(textOf({}, failing), { message: 'no such table' })
})

test('answers: a then that is no function is data', async (t) => {
  const step = { if: 'rain', then: 'stay' }
  t.equal(await textOf({}, () => step), JSON.stringify(step))
  t.equal(await textOf({ responses: { 200: z.object({ then: z.string() }) } }, () => step), '{"then":"stay"}')
})

test('answers: what has a then is waited for with dependencies that end before the response', async (t) => {
  const notes: string[] = []
  const noting = depends(
    function* () {
      yield 1
      notes.push('ended')
    },
    { cleanup: 'before-response' },
  )
  t.equal(await textOf({ dependencies: [noting] }, found), '{"id":1,"secret":2}')
  t.strictSame(notes, ['ended'])
})

/** Sources whose items are promises, or have a then. */
const sources: readonly (readonly [what: string, source: () => unknown])[] = [
  [
    'a generator yields',
    function* () {
      yield found()
      yield Promise.resolve({ id: 2, secret: 3 })
    },
  ],
  [
    'an async generator yields',
    async function* () {
      yield found()
      yield { id: 2, secret: 3 }
    },
  ],
  ['a list holds', () => [found(), Promise.resolve({ id: 2, secret: 3 })]],
]

for (const [what, source] of sources) {
  test(`streams: promises that ${what} are waited for`, async (t) => {
    const declared = { responses: { 200: { schema: Item, stream: 'json-lines' } } } as const
    t.equal(await textOf(declared, source), '{"id":1}\n{"id":2}\n')
    const events = { responses: { 200: { stream: 'events' } } } as const
    t.equal(await textOf(events, source), 'data: {"id":1,"secret":2}\n\ndata: {"id":2,"secret":3}\n\n')
  })
}

test('streams: a promise that fails ends the source', async (t) => {
  let ended = false
  const failing = textOf({ responses: { 200: { stream: 'json-lines' } } }, function* () {
    try {
      yield Promise.reject(new Error('no such row'))
    } finally {
      ended = true
    }
  })
  await t.rejects(failing, { message: 'no such row' })
  t.ok(ended)
})
