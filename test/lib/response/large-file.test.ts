import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, ftruncateSync, openSync, rmSync, mkdtempSync } from 'node:fs'
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import tap, { test } from 'tap'

const size = 2 * 1024 ** 3
const partBytes = 256 * 1024 ** 2
const maxGrowthBytes = 128 * 1024 ** 2
// A machine with much else to do takes a minute and more: this is about memory.
tap.setTimeout(300_000)
const directory = mkdtempSync(join(tmpdir(), 'stelline-large-'))
process.on('exit', () => rmSync(directory, { recursive: true }))

/** A file of holes: it takes no room on the disk. */
const path = join(directory, 'large.bin')
const descriptor = openSync(path, 'w')
ftruncateSync(descriptor, size)
closeSync(descriptor)

async function peakOf(child: ChildProcess): Promise<number> {
  child.send('memory')
  const [bytes] = (await once(child, 'message')) as [number]
  return bytes
}

/** Reads an answer and keeps nothing of it. */
function lengthOf(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, (response: IncomingMessage) => {
      let length = 0
      response.on('data', (chunk: Buffer) => (length += chunk.length))
      response.on('end', () => resolve(length))
      response.on('error', reject)
    }).on('error', reject)
  })
}

const answers: readonly (readonly [what: string, path: string, headers: Record<string, string>, length: number])[] = [
  ['FileResponse: a file of 2 GiB', '/', {}, size],
  ['FileResponse: a range of 256 MiB', '/', { range: `bytes=1-${partBytes}` }, partBytes],
  ['StreamingResponse: a Node stream of 256 MiB', '/stream', {}, partBytes],
]

for (const [what, target, headers, length] of answers) {
  test(`${what} takes no more memory than a small one`, { timeout: 300_000 }, async (t) => {
    const server = fileURLToPath(new URL('../../support/large-file-server.ts', import.meta.url))
    const child = fork(server, [path], { execArgv: ['--import=tsx', '--conditions=stelline-source'] })
    t.teardown(() => child.kill())
    const [url] = (await once(child, 'message')) as [string]
    await lengthOf(url, { range: 'bytes=0-9' })
    const before = await peakOf(child)
    t.equal(await lengthOf(`${url}${target}`, headers), length)
    const growth = (await peakOf(child)) - before
    t.comment(`${Math.round(growth / 1024 ** 2)} MiB`)
    t.ok(growth < maxGrowthBytes, String(growth))
  })
}
