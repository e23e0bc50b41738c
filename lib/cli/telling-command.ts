import { parseArgs } from 'node:util'
import { AppLoadFailed } from './app-load-failed.ts'
import { loadExport } from './load-app.ts'
import type { LoadedExport } from './load-app.ts'
import { flag } from './option-values.ts'
import type { Environment } from './options.ts'
import { startFailed } from './run.ts'
import type { RunEnd, RunWorld } from './run.ts'
import { UsageError } from './usage-error.ts'

/** Where a command writes to. */
export interface Streams extends Pick<RunWorld, 'stdout' | 'stderr'> {
  /** Sends to stderr what the app's own code writes to stdout, which is for what the command tells. */
  readonly divertStdout?: () => void
}

/** A command that loads an app, does not start it, and prints something about it. */
export interface TellingCommand {
  /** As it is written on the command line. */
  readonly name: string
  /** What it prints, for messages. */
  readonly subject: string
  readonly help: string
  /** Flags besides `--factory` and `--help`. */
  readonly flags: readonly string[]
  /** @throws {@link AppLoadFailed} for an app that cannot tell. */
  readonly tell: (app: LoadedExport, flags: ReadonlySet<string>) => string
}

/** Carries out such a command. */
export async function runTellingCommand(
  command: TellingCommand,
  args: readonly string[],
  environment: Environment,
  { stdout, stderr, divertStdout }: Streams,
): Promise<RunEnd> {
  divertStdout?.()
  try {
    stdout.write(await textOf(command, args, environment))
    return { code: 0 }
  } catch (error) {
    if (error instanceof UsageError) {
      stderr.write(`${error.message}\n"stelline ${command.name} --help" lists the options.\n`)
      return { code: 2 }
    }
    if (!(error instanceof AppLoadFailed)) throw error
    const { cause } = error
    stderr.write(`${error.message}\n${cause === undefined ? '' : `${stackOf(cause)}\n`}`)
    return { code: startFailed }
  }
}

async function textOf(command: TellingCommand, args: readonly string[], environment: Environment): Promise<string> {
  const { values, positionals } = parse(args, command.flags)
  const [app = environment['STELLINE_APP'] ?? '', ...more] = positionals
  if (values['help'] === true) return command.help
  const factory = values['factory'] ?? factoryOf(environment)
  if (app === '' || more.length > 0) {
    throw new UsageError(`Cannot print ${command.subject}: expected one app, MODULE[:EXPORT], for example app.ts`)
  }
  return command.tell(
    await loadExport(app, { factory }),
    new Set(command.flags.filter((name) => values[name] === true)),
  )
}

interface Parsed {
  readonly values: Readonly<Record<string, boolean | undefined>>
  readonly positionals: readonly string[]
}

function parse(args: readonly string[], flags: readonly string[]): Parsed {
  const own = Object.fromEntries(['factory', ...flags].map((name) => [name, { type: 'boolean' as const }]))
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...own, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
      allowNegative: true,
    })
    return { values, positionals }
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error })
  }
}

function factoryOf({ STELLINE_FACTORY: value }: Environment): boolean {
  try {
    return value ? flag(value) : false
  } catch (error) {
    throw new UsageError(`Cannot use STELLINE_FACTORY ${JSON.stringify(value)}: ${(error as Error).message}`)
  }
}

function stackOf(error: unknown): string {
  return String(error instanceof Error ? error.stack : error)
}
