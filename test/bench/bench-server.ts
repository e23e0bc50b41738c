import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Heap, Question, Started, Usage } from './server-process.ts'

/** How node starts a server: from the sources, until compiled servers are there. */
let entry: readonly string[] = ['--import=tsx', fileURLToPath(new URL('server-process.ts', import.meta.url))]

/** Starts servers from now on from where they were compiled to. */
export function useCompiledServers(directory: string): void {
  entry = [join(directory, 'server-process.js')]
}

const startTimeoutMs = 120_000
const answerTimeoutMs = 60_000

export interface BenchServerOptions {
  /** Flags of node for the server's process. */
  readonly nodeFlags?: readonly string[]
  /** A program and its arguments under which node runs, for example valgrind. */
  readonly under?: readonly string[]
}

/** Whether a program can be started here. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
}

const canPin = isInstalled('taskset')

/** Returns a command that keeps a process on one core: the server on 0, the load on 1, where the system can do that. */
export function pinned(core: 0 | 1, command: readonly string[]): [program: string, ...args: string[]] {
  const whole = canPin ? ['taskset', '-c', String(core), ...command] : command
  return [...whole] as [string, ...string[]]
}

/** The server of one peer and one case, in a process of its own. */
export class BenchServer {
  readonly port: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  /** Starts a server and waits until it listens. What it prints on stderr goes through, or to `onStderr`. */
  static async start(
    peer: string,
    caseId: string,
    { nodeFlags = [], under = [] }: BenchServerOptions = {},
  ): Promise<BenchServer> {
    const node = [...under, process.execPath, ...nodeFlags, ...entry, peer, caseId]
    const [program, ...args] = under.length > 0 ? (node as [string, ...string[]]) : pinned(0, node)
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', under.length > 0 ? 'pipe' : 'inherit', 'ipc'] })
    try {
      const { port } = await nextMessage<Started>(child, startTimeoutMs)
      return new BenchServer(child, port)
    } catch (cause) {
      child.kill('SIGKILL')
      throw new Error(`Cannot start the server of ${peer} for case ${caseId}`, { cause })
    }
  }

  usage(): Promise<Usage> {
    return this.#ask('usage')
  }

  heap(): Promise<Heap> {
    return this.#ask('heap')
  }

  /** Ends the process and returns what it wrote to stderr, when it ran under another program. */
  async stop(): Promise<string> {
    let written = ''
    this.#child.stderr?.on('data', (chunk: Buffer) => (written += chunk.toString()))
    const closed = once(this.#child, 'close')
    this.#child.send('stop' satisfies Question)
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), answerTimeoutMs)
    await closed
    clearTimeout(timer)
    return written
  }

  #ask<Answer>(question: Question): Promise<Answer> {
    const answer = nextMessage<Answer>(this.#child, answerTimeoutMs)
    this.#child.send(question)
    return answer
  }
}

function nextMessage<Answer>(child: ChildProcess, timeoutMs: number): Promise<Answer> {
  const { promise, resolve, reject } = withResolvers<Answer>()
  const timer = setTimeout(() => reject(new Error(`no message within ${timeoutMs} ms`)), timeoutMs)
  const onExit = (code: number | null): void => reject(new Error(`the process ended with code ${code}`))
  child.once('message', (message) => resolve(message as Answer))
  child.once('exit', onExit)
  child.once('error', reject)
  return promise.finally(() => {
    clearTimeout(timer)
    child.off('exit', onExit).off('error', reject).removeAllListeners('message')
  })
}

function withResolvers<Value>(): {
  promise: Promise<Value>
  resolve: (value: Value) => void
  reject: (reason: Error) => void
} {
  let resolve!: (value: Value) => void
  let reject!: (reason: Error) => void
  const promise = new Promise<Value>((...functions) => ([resolve, reject] = functions))
  return { promise, resolve, reject }
}
