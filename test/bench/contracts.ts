/*
 * What a contract adds to an endpoint, in nanoseconds per request, besides the schemas themselves: an endpoint with a contract
 * against one that does the same by hand. Run by `node --import=tsx --conditions=stelline-source test/bench/contracts.ts`.
 */
import { contract, contractEndpoint, depends, JSONResponse, Router, settled } from 'stelline'
import type { Endpoint } from 'stelline'
import { Headers } from 'stelline/http'
import type { HTTPScope, Receive, Send } from 'stelline/spec'
import { z } from 'zod'

const Item = z.object({ name: z.string().min(1), price: z.number().positive(), tags: z.array(z.string()) })
const Page = z.object({ page: z.number().int(), q: z.string().optional() })
const Id = z.object({ id: z.number() })

const bytes = Buffer.from(JSON.stringify({ name: 'tea', price: 3, tags: ['hot', 'green'] }))
const headers = Headers.fromRaw(['Host', 'localhost', 'Content-Type', 'application/json', 'Content-Length', '49'])
const receive: Receive = () => Promise.resolve({ type: 'http.request', body: bytes, more_body: false })
const send: Send = () => settled
const answer = { ok: true }

const base: HTTPScope = {
  type: 'http',
  asgi: { version: '3.0', spec_version: '2.5' },
  http_version: '1.1',
  method: 'POST',
  scheme: 'http',
  path: '/items/7',
  raw_path: '/items/7',
  query_string: 'page=2&q=green',
  root_path: '',
  headers,
  client: null,
  server: null,
  state: {},
  extensions: {},
} as unknown as HTTPScope

const one = depends(() => 1)
const two = depends({ one }, (input) => input.one + 1)
const three = depends({ two }, (input) => input.two + 1)

/** Each case with a contract, and the same by hand. */
const cases: Readonly<Record<string, readonly [contracted: Endpoint, byHand: Endpoint]>> = {
  'no parts': [contractEndpoint(contract({}), () => answer), () => new JSONResponse(answer)],
  body: [
    contractEndpoint(contract({ body: Item }), ({ body }) => body),
    async (request) => new JSONResponse(Item.parse(await request.json())),
  ],
  'body, query and path': [
    contractEndpoint(contract({ body: Item, query: Page, path: Id }), ({ body }) => body),
    async (request) => {
      Id.parse(request.pathParams)
      Page.parse({ page: Number(request.queryParams.get('page')), q: request.queryParams.get('q') ?? undefined })
      return new JSONResponse(Item.parse(await request.json()))
    },
  ],
  'three dependencies': [
    contractEndpoint(contract({ dependencies: { three } }), (input) => ({ three: input.three })),
    () => new JSONResponse({ three: 3 }),
  ],
}

const callsPerRound = 20_000
const rounds = 7

/** In time of the processor, so that other programs on the machine count less. */
async function nsPerCall(endpoint: Endpoint): Promise<number> {
  const app = new Router().post('/items/{id:int}', endpoint as Endpoint<{ readonly id: number }>).asgi
  const before = process.cpuUsage()
  for (let call = 0; call < callsPerRound; call++) {
    await app({ ...base }, receive, send)
  }
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / callsPerRound
}

/** The least disturbed of several rounds, which alternate so that a busy moment meets both. */
async function compare([contracted, byHand]: readonly [Endpoint, Endpoint]): Promise<readonly [number, number]> {
  let best: readonly [number, number] = [Infinity, Infinity]
  for (let round = 0; round < rounds; round++) {
    const times = [await nsPerCall(contracted), await nsPerCall(byHand)] as const
    best = [Math.min(best[0], times[0]), Math.min(best[1], times[1])]
  }
  return best
}

for (const [name, pair] of Object.entries(cases)) {
  const [contracted, byHand] = await compare(pair)
  const [with_, without, added] = [contracted, byHand, contracted - byHand].map((ns) => `${Math.round(ns)} ns`)
  console.log(`${name}: with a contract ${with_}, by hand ${without}, added ${added}`)
}
