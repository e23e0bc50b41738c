import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/*
 * Asks a server for a small answer again and again, in a process of its own, so that what is measured is the server's
 * delay and not that of the process that keeps it busy.
 */

const file = fileURLToPath(import.meta.url)
const pauseMs = 2
const warmUps = 50

/** Begins to ask. The function that it returns stops and returns the longest wait in milliseconds. */
export async function watchWaits(port: number): Promise<() => Promise<number>> {
  const child = fork(file, [String(port)], { execArgv: ['--import=tsx'] })
  await once(child, 'message')
  return async () => {
    child.send('stop')
    const [longest] = (await once(child, 'message')) as [number]
    child.disconnect()
    return longest
  }
}

async function ask(port: number, isOver: () => boolean): Promise<number> {
  const agent = new Agent({ keepAlive: true })
  let longest = 0
  while (!isOver()) {
    const startedAt = performance.now()
    const [response] = (await once(httpRequest({ port, agent }).end(), 'response')) as [IncomingMessage]
    await once(response.resume(), 'end')
    longest = Math.max(longest, performance.now() - startedAt)
    await delay(pauseMs)
  }
  agent.destroy()
  return longest
}

if (process.argv[1] === file && process.send !== undefined) {
  const port = Number(process.argv[2])
  let left = warmUps
  let over = false
  await ask(port, () => left-- === 0)
  process.once('message', () => (over = true))
  process.send('ready')
  process.send(await ask(port, () => over))
}
