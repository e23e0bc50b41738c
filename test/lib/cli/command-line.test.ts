import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { runCommandLine } from '../../../lib/cli/command-line.ts'
import type { RunEnd } from '../../../lib/cli/run.ts'
import type { SignalSource } from '../../../lib/cli/stop-signals.ts'
import { CLIProcess } from './cli-process.ts'

test('stelline --version: prints the version of the package', async (t) => {
  const cli = new CLIProcess(['--version'])
  t.strictSame(await cli.ended, { code: 0, signal: null })
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  t.equal(cli.stdout, `stelline ${version} (node ${process.versions.node})\n`)
})

/** Carries out a command line without a process, and returns what it writes and how it ends. */
async function carryOut(args: readonly string[]): Promise<{ end: RunEnd; stdout: string; stderr: string }> {
  let stdout = ''
  let stderr = ''
  const end = await runCommandLine(
    args,
    {},
    {
      stdout: { write: (text) => (stdout += text) },
      stderr: { write: (text) => (stderr += text) },
      signals: new EventEmitter() as unknown as SignalSource,
      exit: () => {},
    },
  )
  return { end, stdout, stderr }
}

const texts: readonly (readonly [args: readonly string[], code: number, stdout: RegExp, stderr: RegExp])[] = [
  [['-v'], 0, /^stelline \d/, /^$/],
  [['-h'], 0, /^Usage: stelline COMMAND\n/, /^$/],
  [['--help'], 0, /^Usage: stelline COMMAND\n/, /^$/],
  [['run', '--help'], 0, /--max-header-bytes BYTES +bytes .*\(default 16384\)\n/, /^$/],
  [[], 2, /^$/, /^Usage: stelline COMMAND\n/],
  [['walk'], 2, /^$/, /^Cannot carry out "walk": expected run, routes, openapi, --help or --version\n$/],
  [['run', 'app.ts', '--port', 'x'], 2, /^$/, /^Cannot use --port "x": expected a port, 0 to 65535\n/],
]

for (const [args, code, stdout, stderr] of texts) {
  test(`stelline ${args.join(' ')}: exits with ${code}`, async (t) => {
    const done = await carryOut(args)

    t.strictSame(done.end, { code })
    t.match(done.stdout, stdout)
    t.match(done.stderr, stderr)
  })
}

test('stelline: a command line that cannot be understood exits with 2', async (t) => {
  const cli = new CLIProcess(['run', 'app.ts', '--prot', '80'])
  t.strictSame(await cli.ended, { code: 2, signal: null })
  t.equal(
    cli.stderr,
    'Cannot use --prot: there is no such option; the closest one is --port\n"stelline run --help" lists the options.\n',
  )
})
