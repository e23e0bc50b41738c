import { request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { fileURLToPath } from 'node:url'
import { BenchServer, useCompiledServers } from './bench-server.ts'
import { buildPackage, compileServers } from './compile.ts'
import { watchWaits } from './longest-wait.ts'
import { spreadOf } from './statistics.ts'

/*
 * Uploads a multipart form with one large file to a server of node:http with busboy and to ours, in turn, and prints how
 * long that takes, how much memory the server's process has before the first and at most, and how long other requests wait
 * meanwhile and while nothing is uploaded.
 */

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '7' },
    /** How many forms arrive at once while the waits are watched. */
    uploads: { type: 'string', default: '1' },
  },
})
const fileBytes = Number(values.megabytes) * 1_000_000
const rounds = Number(values.rounds)
const uploadsAtOnce = Number(values.uploads)
const quietMs = 200

const median = (figures: readonly number[]): number => spreadOf(figures).median

const longest = (waits: readonly number[]): string =>
  `${Math.max(...waits).toFixed(1)} ms at most (median ${median(waits).toFixed(1)})`

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(0)

const boundary = 'upload-0123456789abcdef'
const head = Buffer.from(
  `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="file.bin"\r\ncontent-type: application/octet-stream\r\n\r\n`,
)
const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
/** Has line ends and dashes, which a search for the delimiter must not stumble over. */
const piece = Buffer.from(Array.from({ length: 65_536 }, (_, index) => (index * 7919 + (index >> 8) * 31) & 0xff))

async function upload(port: number): Promise<number> {
  const startedAt = performance.now()
  const request = httpRequest({
    port,
    method: 'POST',
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': head.length + fileBytes + tail.length,
    },
  })
  const answered = once(request, 'response') as Promise<[IncomingMessage]>
  request.write(head)
  for (let left = fileBytes; left > 0; left -= piece.length) await write(request, piece.subarray(0, left))
  request.end(tail)
  const [response] = await answered
  const size = Number(await textOf(response))
  if (size !== fileBytes) throw new Error(`The server saw a file of ${size} bytes, expected ${fileBytes}`)
  return performance.now() - startedAt
}

async function write(request: ClientRequest, bytes: Buffer): Promise<void> {
  if (!request.write(bytes)) await once(request, 'drain')
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return text
}

interface Measured {
  readonly times: number[]
  readonly waits: number[]
  /** While nothing is uploaded: what the machine and the watching make others wait. */
  readonly quietWaits: number[]
  readonly idleRssBytes: number
  /** After the first round. */
  firstMaxRssBytes: number
  maxRssBytes: number
}

async function round(server: BenchServer, measured: Measured): Promise<void> {
  measured.times.push(await upload(server.port))
  measured.maxRssBytes = (await server.usage()).maxRssBytes
  measured.firstMaxRssBytes ||= measured.maxRssBytes
  const longestQuietWait = await watchWaits(server.port)
  await delay(quietMs)
  measured.quietWaits.push(await longestQuietWait())
  const longestWait = await watchWaits(server.port)
  await Promise.all(Array.from({ length: uploadsAtOnce }, () => upload(server.port)))
  measured.waits.push(await longestWait())
  measured.maxRssBytes = (await server.usage()).maxRssBytes
}

const root = fileURLToPath(new URL('../../', import.meta.url))
buildPackage(root)
useCompiledServers(compileServers(root))

for (const caseId of ['form', 'stream']) {
  const peers = ['uploads-busboy', 'uploads-stelline'] as const
  const results = new Map<string, Measured>()
  const servers = new Map<string, BenchServer>()
  for (const peer of peers) {
    servers.set(peer, await BenchServer.start(peer, caseId))
    const { rssBytes } = await servers.get(peer)!.usage()
    const figures = { times: [], waits: [], quietWaits: [] }
    results.set(peer, { ...figures, idleRssBytes: rssBytes, firstMaxRssBytes: 0, maxRssBytes: 0 })
  }
  for (let turn = 0; turn < rounds; turn++) {
    for (const peer of peers) await round(servers.get(peer)!, results.get(peer)!)
  }
  for (const [peer, { times, waits, quietWaits, idleRssBytes, firstMaxRssBytes, maxRssBytes }] of results) {
    const [idle, first, most] = [idleRssBytes, firstMaxRssBytes, maxRssBytes].map(megabytes)
    console.log(
      `${caseId} ${peer}: ${median(times).toFixed(0)} ms; other requests wait ${longest(waits)}, without uploads ${longest(quietWaits)}; ${idle} MB idle, ${first} MB at most in the first upload, ${most} MB in all`,
    )
    await servers.get(peer)!.stop()
  }
  const [busboy, ours] = peers.map((peer) => median(results.get(peer)!.times))
  console.log(`${caseId}: ${(ours! / busboy!).toFixed(2)} of the time of busboy`)
}
