import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { PlainTextResponse, settled } from 'stelline'
import type { ASGIApp, Middleware, Receive, Send } from 'stelline'
import { Headers } from 'stelline/http'
import { context, cors, csrf, fromFunction, httpsRedirect, originCheck } from 'stelline/middleware'
import { proxyHeaders, secureHeaders, trustedHost } from 'stelline/middleware'
import { accessLog, authentication, bearerAuth, bodyLimit, cacheControl, compression } from 'stelline/middleware'
import { conditional, health, maintenance, rateLimit, requestId, serverTiming } from 'stelline/middleware'
import { sessions, timeout, traced, tracing } from 'stelline/middleware'
import type { HTTPScope } from 'stelline/spec'
import { describeMachine } from './machine.ts'
import { spreadOf } from './statistics.ts'
import { roundOfTen } from './ten-built-ins.ts'
import type { RoundOfTen } from './ten-built-ins.ts'

/*
 * What each built-in middleware adds to a request that it lets pass, in nanoseconds: the app is called directly, as a server
 * would, and its answer is thrown away. Then what ten of them add to a whole request, over sockets. It measures what was
 * built, and writes docs/benchmarks/middleware.md when it is told to:
 *
 *   npm run build && node --import=tsx test/bench/middleware.ts [--calls N] [--rounds N] [--write]
 */

/** A built-in, with the request that it meets. */
interface Row {
  readonly name: string
  readonly middleware: readonly Middleware[]
  readonly changes?: Partial<HTTPScope>
  /** Fields of the request besides those of every browser. */
  readonly headers?: readonly string[]
}

const rows: readonly Row[] = [
  { name: 'trustedHost', middleware: [trustedHost({ allowedHosts: ['example.org'] })] },
  { name: 'httpsRedirect', middleware: [httpsRedirect()], changes: { scheme: 'https' } },
  { name: 'originCheck', middleware: [originCheck()] },
  { name: 'csrf, GET', middleware: [csrf()] },
  {
    name: 'csrf, POST',
    middleware: [csrf()],
    changes: { method: 'POST' },
    headers: ['Origin', 'https://example.org', 'Sec-Fetch-Site', 'same-origin'],
  },
  { name: 'proxyHeaders, another peer', middleware: [proxyHeaders({ trusted: ['10.0.0.0/8'] })] },
  {
    name: 'proxyHeaders, a proxy',
    middleware: [proxyHeaders({ trusted: ['192.0.2.0/24'] })],
    headers: ['X-Forwarded-For', '203.0.113.9', 'X-Forwarded-Proto', 'https'],
  },
  { name: 'cors *, own page', middleware: [cors({ allowOrigins: ['*'] })] },
  { name: 'cors listed, own page', middleware: [cors({ allowOrigins: ['https://a.example'] })] },
  {
    name: 'cors listed, its page',
    middleware: [cors({ allowOrigins: ['https://a.example'] })],
    headers: ['Origin', 'https://a.example'],
  },
  { name: 'secureHeaders', middleware: [secureHeaders()] },
  {
    name: 'secureHeaders, nonce',
    middleware: [secureHeaders({ contentSecurityPolicy: { 'script-src': ["'nonce'"] } })],
  },
  { name: 'context', middleware: [context()] },
  { name: 'fromFunction', middleware: [fromFunction((request, next) => next(request))] },
  { name: 'sessions, not looked at', middleware: [sessions({ keys: 'a key of at least thirty-two bytes' })] },
  { name: 'authentication, nobody', middleware: [authentication({ backends: [bearerAuth({ verify: () => null })] })] },
  { name: 'compression, too short', middleware: [compression()] },
  { name: 'conditional', middleware: [conditional()] },
  { name: 'cacheControl', middleware: [cacheControl()] },
  { name: 'bodyLimit', middleware: [bodyLimit({ maxBytes: 1_000_000 })] },
  { name: 'timeout', middleware: [timeout({ timeoutMs: 30_000 })] },
  { name: 'rateLimit, in memory', middleware: [rateLimit({ limit: 1e9 })] },
  { name: 'maintenance', middleware: [maintenance({ active: () => false })] },
  { name: 'health', middleware: [health()] },
  { name: 'requestId', middleware: [requestId()] },
  { name: 'accessLog', middleware: [accessLog({ write: () => {} })] },
  { name: 'serverTiming', middleware: [serverTiming()] },
  { name: 'tracing, nobody listens', middleware: [tracing(), traced('nothing', (app) => app)] },
  {
    name: 'five together',
    middleware: [
      proxyHeaders({ trusted: ['10.0.0.0/8'] }),
      trustedHost({ allowedHosts: ['example.org'] }),
      cors({ allowOrigins: ['https://a.example'] }),
      secureHeaders(),
      csrf(),
    ],
  },
]

const browserFields = Object.entries({
  Host: 'example.org',
  Connection: 'keep-alive',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)',
  Accept: 'text/html,application/xhtml+xml',
  'Accept-Encoding': 'gzip, deflate, br',
  'Accept-Language': 'en',
}).flat()

const hello: ASGIApp = (scope, receive, send) => new PlainTextResponse('Hello, world!').respond(scope, receive, send)
const receive: Receive = () => Promise.resolve({ type: 'http.disconnect' })
const send: Send = () => settled

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '200000' },
    rounds: { type: 'string', default: '7' },
    write: { type: 'boolean', default: false },
  },
})
const calls = Number(values.calls)
const rounds = Number(values.rounds)

/** Nanoseconds of the processor per call. */
async function measure(app: ASGIApp, { changes, headers = [] }: Row): Promise<number> {
  const fields = [...browserFields, ...headers]
  const before = process.cpuUsage()
  for (let i = 0; i < calls; i++) {
    const done = app(makeScope(fields, changes), receive, send)
    if (done !== settled) await done
  }
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / calls
}

function makeScope(fields: readonly string[], changes: Partial<HTTPScope> | undefined): HTTPScope {
  return {
    type: 'http',
    asgi: { version: '3.0', spec_version: '2.5' },
    http_version: '1.1',
    method: changes?.method ?? 'GET',
    scheme: changes?.scheme ?? 'http',
    path: '/',
    raw_path: '/',
    query_string: '',
    root_path: '',
    headers: Headers.fromRaw(fields),
    client: ['192.0.2.1', 50_000],
    server: ['127.0.0.1', 8000],
    state: {},
    extensions: {},
  }
}

const medianOf = (figures: readonly number[]): number => spreadOf(figures).median

/** A line of the table: what a request costs without and with a built-in. */
async function lineOf(row: Row): Promise<string> {
  const app = row.middleware.reduceRight((inner, middleware) => middleware(inner), hello)
  const without: number[] = []
  const withIt: number[] = []
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    const pair = [await measure(hello, row), await measure(app, row)] as const
    if (round === 0) continue
    without.push(pair[0])
    withIt.push(pair[1])
  }
  const added = withIt.map((ns, round) => ns - without[round]!)
  return `| ${row.name} | ${Math.max(medianOf(added), 0).toFixed(0)} |`
}

async function eachTable(): Promise<string> {
  const lines: string[] = []
  for (const row of rows) lines.push(await lineOf(row))
  return ['| middleware | adds, in ns |', '| --- | --- |', ...lines].join('\n')
}

async function tenTable(): Promise<string> {
  const results: RoundOfTen[] = []
  for (let round = 0; round < rounds; round++) results.push(await roundOfTen())
  const shares = results.map(({ none, ten }) => (ten / none - 1) * 100).toSorted((a, b) => a - b)
  const none = medianOf(results.map((result) => result.none))
  const ten = medianOf(results.map((result) => result.ten))
  const spread = `${shares[0]!.toFixed(1)}–${shares.at(-1)!.toFixed(1)}`
  return [
    '| none | ten | adds, in per cent |',
    '| --- | --- | --- |',
    `| ${none.toFixed(1)} µs | ${ten.toFixed(1)} µs | ${medianOf(shares).toFixed(1)} (${spread}) |`,
  ].join('\n')
}

const { date, node, cpu, cores, system } = describeMachine()
const page = `# What middleware costs

Written by \`node --import=tsx test/bench/middleware.ts --write\` after \`npm run build\`. Measured on ${date} with Node ${node} on
${cpu} (${cores} cores, ${system}), in time of the processor.

## Ten together

A whole request over a socket, to an \`Application\` without middleware and to one with ten that let it pass: \`proxyHeaders\`,
\`requestId\`, \`trustedHost\`, \`health\`, \`originCheck\`, \`csrf\`, \`bodyLimit\`, \`sessions\`, \`authentication\` and \`cacheControl\`.
The median of ${rounds} rounds, with the lowest and the highest; in each round both are processes of their own, asked in turn.

${await tenTable()}

## Each

What a built-in adds to a request that it lets pass: the median of ${rounds} rounds of ${calls} calls. The app is called directly and its answer
is thrown away. Figures below some ten nanoseconds are noise.

${await eachTable()}
`
console.log(page)
if (values.write) writeFileSync(new URL('../../docs/benchmarks/middleware.md', import.meta.url), page)
