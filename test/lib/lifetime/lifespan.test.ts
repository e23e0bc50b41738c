import { test } from 'tap'
import { checkLifespan, startLifespan } from '../../../lib/lifetime/lifespan.ts'
import type { Lifespan } from '../../../lib/lifetime/lifespan.ts'

const app = { name: 'app' }

/** Lifespans in each form, which note what they do; and the state that they give. */
const forms = (notes: string[]): Record<string, [Lifespan<unknown, typeof app>, object]> => ({
  'an async generator function': [
    async function* (given) {
      notes.push(`start ${given.name}`)
      yield { database: 1 }
      notes.push('stop')
    },
    { database: 1 },
  ],
  'an async generator function that yields nothing': [
    async function* (given) {
      notes.push(`start ${given.name}`)
      yield
      notes.push('stop')
    },
    {},
  ],
  'an object': [
    {
      startup: async (given) => {
        notes.push(`start ${given.name}`)
        return { database: 1 }
      },
      shutdown: () => notes.push('stop'),
    },
    { database: 1 },
  ],
})

for (const form of Object.keys(forms([]))) {
  test(`startLifespan: ${form} starts, gives its state and stops`, async (t) => {
    const notes: string[] = []
    const [lifespan, state] = forms(notes)[form]!
    const running = await startLifespan(lifespan, app)
    t.strictSame(running.state, state)
    t.strictSame(notes, ['start app'])
    await running.stop()
    t.strictSame(notes, ['start app', 'stop'])
  })
}

test('startLifespan: an async function starts and gives its state', async (t) => {
  const running = await startLifespan(async ({ name }) => ({ name }), app)
  t.strictSame(running.state, { name: 'app' })
  await running.stop()
})

test('startLifespan: an object may have one half only', async (t) => {
  const notes: string[] = []
  const onlyStop = await startLifespan({ shutdown: () => void notes.push('stop') }, app)
  await onlyStop.stop()
  const onlyStart = await startLifespan({ startup: () => void notes.push('start') }, app)
  await onlyStart.stop()
  t.strictSame(notes, ['stop', 'start'])
  t.strictSame(onlyStart.state, {})
})

/** Lifespans that fail to start, and what they throw. */
const failing: readonly (readonly [what: string, lifespan: Lifespan<unknown, typeof app>, message: RegExp])[] = [
  [
    'fails',
    // oxlint-disable-next-line require-yield -- it fails before
    async function* () {
      throw new Error('no database')
    },
    /no database/,
  ],
  [
    'does not yield',
    // oxlint-disable-next-line require-yield -- that is the mistake
    async function* () {},
    /Cannot start the application: its lifespan returned without "yield"/,
  ],
  ['gives a string for a state', async () => 'state', /the state of its lifespan is "state", expected an object/],
]

for (const [what, lifespan, message] of failing) {
  test(`startLifespan: throws when the lifespan ${what}`, async (t) => {
    await t.rejects(startLifespan(lifespan, app), { message })
  })
}

test('startLifespan: what has started is shut down when its state is none', async (t) => {
  const notes: string[] = []
  const lifespans: readonly Lifespan<unknown, typeof app>[] = [
    async function* () {
      try {
        yield 'state'
        notes.push('generator shut down')
      } finally {
        notes.push('generator ended')
      }
    },
    { startup: () => 'state', shutdown: () => notes.push('hook') },
  ]
  for (const lifespan of lifespans) await t.rejects(startLifespan(lifespan, app), { message: /expected an object/ })
  t.strictSame(notes, ['generator shut down', 'generator ended', 'hook'])
})

test('startLifespan: stopping throws what the shutdown throws', async (t) => {
  const running = await startLifespan(async function* () {
    yield
    throw new Error('stuck')
  }, app)
  await t.rejects(running.stop(), { message: 'stuck' })
})

test('startLifespan: a generator that yields twice is ended, and stopping throws', async (t) => {
  let ended = false
  const running = await startLifespan(async function* () {
    try {
      yield
      yield
    } finally {
      ended = true
    }
  }, app)
  await t.rejects(running.stop(), { message: 'Cannot shut the application down: its lifespan yields more than once' })
  t.ok(ended)
})

test('checkLifespan: refuses what is none', async (t) => {
  for (const lifespan of [null, 7, 'x', {}, []]) t.throws(() => checkLifespan(lifespan), { name: 'TypeError' })
  for (const lifespan of [async () => {}, { startup() {} }, { shutdown() {} }])
    t.doesNotThrow(() => checkLifespan(lifespan))
})
