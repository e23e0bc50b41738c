import { runInNewContext } from 'node:vm'
import { test } from 'tap'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import { MemoryStore } from '../../../lib/storage/memory-store.ts'
import { RedisStore } from '../../../lib/storage/redis-store.ts'
import type { Store } from '../../../lib/storage/store.ts'
import { httpScope } from '../../../lib/testing/scopes.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import type { WebSocketDenied } from '../../../lib/testing/websocket-denied.ts'
import { slidingWindow, tokenBucket } from '../../../middleware/rate-limit/algorithms.ts'
import type { Algorithm } from '../../../middleware/rate-limit/algorithms.ts'
import { clientKey } from '../../../middleware/rate-limit/client-key.ts'
import { LocalBuckets, LocalWindows } from '../../../middleware/rate-limit/local-counters.ts'
import type { LocalCounters } from '../../../middleware/rate-limit/local-counters.ts'
import { rateLimit } from '../../../middleware/rate-limit/rate-limit.ts'
import type { RateLimitOptions } from '../../../middleware/rate-limit/rate-limit.ts'
import { authentication } from '../../../middleware/authentication/authentication.ts'
import { Application } from '../../../routing/application.ts'
import { findRedis } from '../../support/redis.ts'

function limited(options: Partial<RateLimitOptions> = {}): Application {
  const middleware = [
    authentication({
      backends: [
        {
          authenticate: ({ headers }) => {
            const id = headers.get('x-test-user')
            return id === null ? null : { user: id === 'odd' ? { name: id } : { id } }
          },
        },
      ],
    }),
    rateLimit({ limit: 2, windowMs: 10_000, now: () => 0, ...options }),
  ]
  const app = new Application({ middleware })
  app.get('/', () => new PlainTextResponse('in'))
  app.websocket('/', (websocket) => websocket.accept())
  return app
}

async function statuses(client: TestClient, count: number, headers: Record<string, string> = {}): Promise<number[]> {
  const seen: number[] = []
  for (let index = 0; index < count; index++) seen.push((await client.get('/', { headers })).status)
  return seen
}

for (const algorithm of ['sliding-window', 'token-bucket'] as const) {
  test(`rateLimit by ${algorithm}: refuses what is above the limit, and says when to come again`, async (t) => {
    let nowMs = 0
    await using client = await TestClient.open(limited({ algorithm, now: () => nowMs }))
    t.strictSame(await statuses(client, 3), [200, 200, 429])
    const refused = await client.get('/')
    const seconds = Number(refused.headers.get('retry-after'))
    t.ok(seconds > 0)
    nowMs += seconds * 1000
    t.equal((await client.get('/')).status, 200)
  })

  test(`rateLimit by ${algorithm}: every answer tells how much is left`, async (t) => {
    await using client = await TestClient.open(limited({ algorithm, name: 'api' }))
    const first = await client.get('/')
    t.equal(first.headers.get('ratelimit-policy'), '"api";q=2;w=10')
    t.match(first.headers.get('ratelimit'), /^"api";r=1;t=\d+$/)
    await client.get('/')
    const refused = await client.get('/')
    t.match(refused.headers.get('ratelimit'), /^"api";r=0;t=\d+$/)
    t.equal(await refused.text(), 'Too Many Requests')
  })

  test(`rateLimit by ${algorithm}: of many requests at once the limit gets through`, async (t) => {
    await using client = await TestClient.open(limited({ algorithm, limit: 5 }))
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.get('/')))
    t.equal(answers.filter(({ status }) => status === 200).length, 5)
  })
}

type Step = readonly [atMs: number, allowed: boolean, remaining?: number, resetMs?: number]

async function walk(algorithm: Algorithm, steps: readonly Step[], store: Store): Promise<Step[]> {
  const seen: Step[] = []
  for (const [atMs, , ...rest] of steps) {
    const { allowed, remaining, resetMs } = await algorithm(store, 'k', { limit: 4, windowMs: 1000 }, atMs)
    seen.push([atMs, allowed, ...([remaining, resetMs].slice(0, rest.length) as [number, number])])
  }
  return seen
}

// Four in a second. The last window counts by the part of it that lies within the last second.
const windowSteps: readonly Step[] = [
  [0, true, 3, 1000],
  [100, true, 2, 900],
  [900, true, 1],
  [900, true, 0],
  [950, false, 0, 300],
  [1000, false, 0, 250],
  [1249, false, 0, 1],
  [1250, true, 0],
  [1250, false, 0, 250],
  [1500, true, 0],
  [1750, true, 0],
  [2000, true, 0],
  [2000, false, 0],
  [9000, true, 3],
]

test('slidingWindow: counts evenly over the border of two windows', async (t) => {
  t.strictSame(await walk(slidingWindow, windowSteps, new MemoryStore({ now: () => 0 })), windowSteps)
})

// A token each 250 ms, four at most.
const bucketSteps: readonly Step[] = [
  [0, true, 3, 250],
  [0, true, 2, 500],
  [0, true, 1, 750],
  [0, true, 0, 1000],
  [0, false, 0, 250],
  [249, false, 0, 1],
  [250, true, 0, 1000],
  [250, false, 0],
  [500, true, 0],
  [1000, true, 1],
  [9000, true, 3],
]

test('tokenBucket: allows a burst, then the pace of the quota', async (t) => {
  t.strictSame(await walk(tokenBucket, bucketSteps, new MemoryStore({ now: () => 0 })), bucketSteps)
})

test('tokenBucket: fractions of milliseconds neither add up to a refusal nor to a gift', async (t) => {
  const store = new MemoryStore({ now: () => 0 })
  const quota = { limit: 7, windowMs: 1000 }
  let allowed = 0
  for (let index = 0; index < 10; index++) if ((await tokenBucket(store, 'k', quota, 0)).allowed) allowed++
  t.equal(allowed, 7)
})

function walkLocal(counters: LocalCounters, steps: readonly Step[]): Step[] {
  return steps.map(([atMs, , ...rest]) => {
    const { allowed, remaining, resetMs } = counters.count('k', atMs)
    return [atMs, allowed, ...([remaining, resetMs].slice(0, rest.length) as [number, number])]
  })
}

test('LocalWindows: counts as in a store', (t) => {
  t.strictSame(walkLocal(new LocalWindows({ limit: 4, windowMs: 1000 }), windowSteps), windowSteps)
  t.end()
})

test('LocalBuckets: counts as in a store', (t) => {
  t.strictSame(walkLocal(new LocalBuckets({ limit: 4, windowMs: 1000 }), bucketSteps), bucketSteps)
  t.end()
})

const place = await findRedis()

for (const [name, algorithm, steps] of [
  ['slidingWindow', slidingWindow, windowSteps.slice(0, 6)],
  ['tokenBucket', tokenBucket, bucketSteps.slice(0, 5)],
] as const) {
  test(`${name}: counts in Redis as in memory`, 'missing' in place ? { skip: place.missing } : {}, async (t) => {
    const { url } = place as { readonly url: string }
    await using store = new RedisStore({ url, prefix: `stelline-test:${process.pid}:${name}:${performance.now()}:` })
    // Its own clock lets entries go after two seconds at the earliest.
    t.strictSame(await walk(algorithm, steps, store), steps)
  })
}

for (const [host, key] of [
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:c000:201', '192.0.2.1'],
  ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
  ['::fffe:192.0.2.1', '0:0:0:0'],
  ['64:ff9b::192.0.2.1', '64:ff9b:0:0'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::9', '2001:db8:1:2'],
  ['2001:0DB8:1::', '2001:db8:1:0'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
  ['::', '0:0:0:0'],
  ['testclient', 'testclient'],
] as const) {
  // Rule 31: addresses are compared in one form.
  test(`rule 31: requests of ${host} are counted for ${key}`, (t) => {
    t.equal(clientKey(httpScope({ client: [host, 1] })), key)
    t.end()
  })
}

test('rateLimit: clients without an address count as one', async (t) => {
  await using client = await TestClient.open(limited(), { client: null })
  t.strictSame(await statuses(client, 3), [200, 200, 429])
})

test('rateLimit: every client has a limit of its own', async (t) => {
  const app = limited()
  await using one = await TestClient.open(app, { client: ['192.0.2.1', 1] })
  await using other = await TestClient.open(app, { client: ['192.0.2.2', 1] })
  t.strictSame(
    [await statuses(one, 3), await statuses(other, 3)],
    [
      [200, 200, 429],
      [200, 200, 429],
    ],
  )
})

test('rateLimit: counts by user, and by client for who is not known', async (t) => {
  await using client = await TestClient.open(limited({ key: 'user' }))
  t.strictSame(await statuses(client, 3, { 'x-test-user': 'ada' }), [200, 200, 429])
  t.strictSame(await statuses(client, 3, { 'x-test-user': 'bob' }), [200, 200, 429])
  t.strictSame(await statuses(client, 3), [200, 200, 429])
  t.strictSame(await statuses(client, 1, { 'x-test-user': 'client:testclient' }), [200])
})

test('rateLimit: a user without an id cannot be counted', async (t) => {
  await using client = await TestClient.open(limited({ key: 'user' }))
  await t.rejects(client.get('/', { headers: { 'x-test-user': 'odd' } }), {
    message: 'Cannot count the requests of a user: the id is undefined, expected a string or a number',
  })
})

test('rateLimit: a key may come in a promise of another realm', async (t) => {
  const key = (): Promise<string> => runInNewContext('Promise.resolve("a")') as Promise<string>
  await using client = await TestClient.open(limited({ key }))
  t.strictSame(await statuses(client, 3), [200, 200, 429])
})

for (const wrong of [undefined, 7, { id: 1 }]) {
  test(`rateLimit: a function that gives ${JSON.stringify(wrong)} as a key is told so`, async (t) => {
    const key = (() => wrong) as unknown as () => string
    await using client = await TestClient.open(limited({ key }))
    await t.rejects(client.get('/'), {
      message: /^Cannot limit the rate: the key of a request is .*, expected a string, or null for no limit$/,
    })
  })
}

test('rateLimit: counts by a function, at once or later, and not where it says so', async (t) => {
  const key: NonNullable<RateLimitOptions['key']> = async ({ headers }) => headers.get('x-key')
  await using client = await TestClient.open(limited({ key }))
  t.strictSame(await statuses(client, 3, { 'x-key': 'a' }), [200, 200, 429])
  t.strictSame(await statuses(client, 3), [200, 200, 200])
  t.equal((await client.get('/')).headers.get('ratelimit'), null)
})

test('rateLimit: long keys are counted as short ones are', async (t) => {
  await using client = await TestClient.open(limited({ key: ({ headers }) => headers.get('x-key') }))
  const [one, other] = ['a'.repeat(1000), `${'a'.repeat(999)}b`]
  t.strictSame(await statuses(client, 3, { 'x-key': one }), [200, 200, 429])
  t.strictSame(await statuses(client, 3, { 'x-key': other }), [200, 200, 429])
})

test('rateLimit: limits with different names do not share their counts, and both are told', async (t) => {
  const store = new MemoryStore({ now: () => 0 })
  const now = (): number => 0
  const app = new Application({
    middleware: [
      rateLimit({ limit: 3, name: 'short', store, now }),
      rateLimit({ limit: 5, windowMs: 3_600_000, name: 'long', store, now }),
    ],
  })
  app.get('/', () => new PlainTextResponse('in'))
  await using client = await TestClient.open(app)
  const { headers } = await client.get('/')
  t.equal(headers.get('ratelimit-policy'), '"long";q=5;w=3600, "short";q=3;w=60')
  t.strictSame(await statuses(client, 3), [200, 200, 429])
})

test('rateLimit: a handshake above the limit is refused', async (t) => {
  await using client = await TestClient.open(limited({ limit: 1 }))
  await (await client.websocket('/')).close()
  const denied = (await client.websocket('/').catch((error: unknown) => error)) as WebSocketDenied
  t.equal(denied.response.status, 429)
  t.ok(denied.response.headers.get('retry-after'))
})

test('rateLimit: answers in a way of the app', async (t) => {
  const response: RateLimitOptions['response'] = ({ path }, seconds) =>
    new PlainTextResponse(`${path} in ${seconds} s`, { status: 503 })
  await using client = await TestClient.open(limited({ limit: 1, algorithm: 'token-bucket', response }))
  await client.get('/')
  const refused = await client.get('/')
  t.strictSame([refused.status, await refused.text(), refused.headers.get('retry-after')], [503, '/ in 10 s', '10'])
})

test('rateLimit: a store that fails is an error, unless it is told to let requests through', async (t) => {
  const store: Store = Object.assign(new MemoryStore(), { increment: () => Promise.reject(new Error('no store')) })
  await using strict = await TestClient.open(limited({ store }))
  await t.rejects(strict.get('/'), { message: 'no store' })
  await using lenient = await TestClient.open(limited({ store, passOnStoreError: true }))
  t.equal((await lenient.get('/')).status, 200)
})

test('rateLimit: the store does not hold addresses', async (t) => {
  const keys: string[] = []
  const store = new MemoryStore()
  const spy: Store = Object.assign(Object.create(store) as Store, {
    get: async (key: string) => {
      keys.push(key)
      return null
    },
    increment: async (key: string) => keys.push(key),
  })
  await using client = await TestClient.open(limited({ store: spy }))
  await client.get('/')
  t.ok(keys.length > 0 && keys.every((key) => /^rate:default:[\w-]{43}:-?\d+$/.test(key)))
})

test('rateLimit: goes by the clock of the machine by default', async (t) => {
  const app = new Application({ middleware: [rateLimit({ limit: 1, windowMs: 3_600_000 })] })
  app.get('/', () => new PlainTextResponse('in'))
  await using client = await TestClient.open(app)
  t.strictSame(await statuses(client, 2), [200, 429])
})

for (const [options, message] of [
  [{ limit: 0 }, 'Cannot limit the rate: limit is 0, expected a whole number above 0'],
  [{ limit: '10' }, 'Cannot limit the rate: limit is "10", expected a whole number above 0'],
  [{ windowMs: 1.5 }, 'Cannot limit the rate: windowMs is 1.5, expected a whole number above 0'],
  [
    { algorithm: 'magic' },
    'Cannot limit the rate: the algorithm is "magic", expected "sliding-window" or "token-bucket"',
  ],
  [{ name: 'a"b' }, 'Cannot limit the rate: the name is "a\\"b", expected letters, digits and any of _-.:/'],
  [{ key: 'ip' }, 'Cannot limit the rate: the key is "ip", expected "client", "user" or a function'],
] as const) {
  test(`rateLimit: ${message}`, (t) => {
    t.throws(() => rateLimit({ limit: 1, ...options } as RateLimitOptions), { message })
    t.end()
  })
}
