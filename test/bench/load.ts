import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { isInstalled, pinned } from './bench-server.ts'
import type { Case } from './cases.ts'

export interface LoadOrder {
  readonly port: number
  readonly request: string
  readonly connections: number
  readonly durationS: number
}

export interface LoadResult {
  readonly requests: number
  readonly durationS: number
}

const connections = 64
const run = promisify(execFile)
const hasWrk = isInstalled('wrk')

/** The name of the load generator that is used here. */
export const loadGenerator: string = hasWrk ? 'wrk -t1 -c64' : 'own generator, 64 connections'

/** Asks a server for one case from 64 connections for some whole seconds. */
export function load(port: number, asked: Case, durationS: number): Promise<LoadResult> {
  return hasWrk ? loadWithWrk(port, asked, durationS) : loadWithOwn(port, asked, durationS)
}

/** The bytes of one request for a case. */
export function requestBytes({ method, target, body }: Case): string {
  const head = `${method} ${target} HTTP/1.1\r\nhost: 127.0.0.1\r\n`
  if (body === null) return `${head}\r\n`
  return `${head}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

async function loadWithWrk(port: number, asked: Case, durationS: number): Promise<LoadResult> {
  const script = fileURLToPath(new URL('wrk-request.lua', import.meta.url))
  const url = `http://127.0.0.1:${port}${asked.target}`
  const body = asked.body === null ? [] : [asked.body]
  const flags = ['-t1', `-c${connections}`, `-d${durationS}s`, '-s', script, url, '--', asked.method, ...body]
  const [program, ...args] = pinned(1, ['wrk', ...flags])
  const { stdout } = await run(program, args, { timeout: (durationS + 30) * 1000 })
  const counted = /(\d+) requests in ([\d.]+)(m?s)/.exec(stdout)
  const failed = /Non-2xx.*|Socket errors.*/.exec(stdout)
  if (counted === null || failed !== null) throw new Error(`Cannot use the figures of wrk: ${failed?.[0] ?? stdout}`)
  return { requests: Number(counted[1]), durationS: Number(counted[2]) / (counted[3] === 'ms' ? 1000 : 1) }
}

async function loadWithOwn(port: number, asked: Case, durationS: number): Promise<LoadResult> {
  const [execPath, ...execArgv] = pinned(1, [process.execPath, '--import=tsx'])
  const module = fileURLToPath(new URL('load-process.ts', import.meta.url))
  const child = fork(module, { execPath, execArgv, timeout: (durationS + 30) * 1000, killSignal: 'SIGKILL' })
  const order: LoadOrder = { port, request: requestBytes(asked), connections, durationS }
  child.send(order)
  const [result] = (await Promise.race([once(child, 'message'), failedExit(child)])) as [LoadResult]
  return result
}

async function failedExit(child: ReturnType<typeof fork>): Promise<never> {
  const [code] = await once(child, 'exit')
  throw new Error(`Cannot go on: the load generator ended with code ${String(code)}`)
}
