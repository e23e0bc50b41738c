import { execFile, execFileSync } from 'node:child_process'

/** What a client program said, and how it ended. */
export interface Outcome {
  readonly code: number
  readonly output: string
}

/**
 * Why a program cannot be tried here; false when it can. CI installs what it needs, so there a missing program is no
 * reason: the test runs, and fails.
 */
export function missing(program: string): string | false {
  if (process.env['CI'] === 'true') return false
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return false
  } catch {
    return `${program} is not installed`
  }
}

/** Runs a client program to its end, within half a minute. */
export function run(program: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 30_000 }, (error, output) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output })
    })
  })
}
