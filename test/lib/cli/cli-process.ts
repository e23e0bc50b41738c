import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The path of an app of the fixtures, from the root of the repository. */
export function fixture(app: string): string {
  return `test/lib/cli/fixtures/${app}`
}

/** How a process ended. */
export interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** The command line interface in a process of its own, that reads TypeScript as this process does. */
export class CLIProcess {
  readonly ended: Promise<End>
  stdout = ''
  stderr = ''
  readonly #child: ChildProcess

  /** @param open Descriptors that the process gets: further ones, and one for stdout instead of a pipe. */
  constructor(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    {
      inherited = [],
      stdout = 'pipe',
    }: { readonly inherited?: readonly number[]; readonly stdout?: number | 'pipe' } = {},
  ) {
    this.#child = spawn(process.execPath, [...process.execArgv, 'lib/cli/main.ts', ...args], {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', stdout, 'pipe', ...inherited],
      timeout: 60_000,
      killSignal: 'SIGKILL',
    })
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()))
    this.#child.stderr!.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()))
    this.ended = once(this.#child, 'close').then(([code, signal]) => ({ code, signal }))
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Starts an app of the fixtures on a free port and waits until it listens. */
  static async serve(
    app: string,
    args: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ cli: CLIProcess; url: string }> {
    const cli = new CLIProcess(['run', fixture(app), '--port', '0', ...args], environment)
    return { cli, url: await cli.listening() }
  }

  /** Waits for the line that tells the URL, and returns the URL. */
  async listening(): Promise<string> {
    const [, url] = await this.waitFor('stderr', /Listening on (\S+)/)
    return url!
  }

  /** Waits until a text has been written. */
  async waitFor(stream: 'stdout' | 'stderr', text: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = text.exec(this[stream])
      if (found !== null) return found
      const ended = this.ended.then(() => 'ended')
      if ((await Promise.race([once(this.#child[stream]!, 'data'), ended])) === 'ended' && !text.test(this[stream])) {
        throw new Error(`the process ended without ${String(text)}: ${this.stdout}${this.stderr}`)
      }
    }
  }

  /** Leaves what the process writes unread. */
  closeStdout(): void {
    this.#child.stdout!.destroy()
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }
}
