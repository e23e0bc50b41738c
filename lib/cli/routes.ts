import { parseArgs } from 'node:util'
import type { RouteListing } from '../endpoint/route-listing.ts'
import { AppLoadFailed } from './app-load-failed.ts'
import { routesHelp } from './help.ts'
import { loadExport } from './load-app.ts'
import { environmentName } from './option-table.ts'
import { flag } from './option-values.ts'
import type { Environment } from './options.ts'
import { formatRoutes } from './route-table-text.ts'
import { startFailed } from './run.ts'
import type { RunEnd, RunWorld } from './run.ts'
import { UsageError } from './usage-error.ts'

/** Where a command writes to. */
type Streams = Pick<RunWorld, 'stdout' | 'stderr'>

/** What `stelline routes` was asked for. */
interface RoutesOptions {
  readonly app: string
  readonly factory: boolean
  readonly json: boolean
  readonly help: boolean
}

/** Prints the routes of an app. */
export async function routesCommand(
  args: readonly string[],
  environment: Environment,
  { stdout, stderr }: Streams,
): Promise<RunEnd> {
  try {
    const options = readOptions(args, environment)
    stdout.write(options.help ? routesHelp : await tableOf(options))
    return { code: 0 }
  } catch (error) {
    if (error instanceof UsageError) {
      stderr.write(`${error.message}\n"stelline routes --help" lists the options.\n`)
      return { code: 2 }
    }
    if (!(error instanceof AppLoadFailed)) throw error
    const { cause } = error
    stderr.write(`${error.message}\n${cause === undefined ? '' : `${stackOf(cause)}\n`}`)
    return { code: startFailed }
  }
}

function readOptions(args: readonly string[], environment: Environment): RoutesOptions {
  const { values, positionals } = parse(args)
  const { help = false, json = false, factory = factoryOf(environment) } = values
  const [app = environment[environmentName('app')] ?? '', ...more] = positionals
  if (!help && (app === '' || more.length > 0)) {
    throw new UsageError('Cannot print routes: expected one app, MODULE[:EXPORT], for example app.ts')
  }
  return { app, factory, json, help }
}

interface Parsed {
  readonly values: { readonly help?: boolean; readonly json?: boolean; readonly factory?: boolean }
  readonly positionals: readonly string[]
}

function parse(args: readonly string[]): Parsed {
  try {
    return parseArgs({
      args: [...args],
      options: { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' }, factory: { type: 'boolean' } },
      allowPositionals: true,
      allowNegative: true,
    })
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

async function tableOf({ app, factory, json }: RoutesOptions): Promise<string> {
  const { what, value } = await loadExport(app, { factory })
  const telling = value as { listing?: () => readonly RouteListing[] } | null | undefined
  if (typeof telling?.listing !== 'function') {
    throw new AppLoadFailed(
      `Cannot print the routes of ${what}: it does not tell them, expected a router or an application`,
    )
  }
  const rows = telling.listing()
  return json ? `${JSON.stringify(rows, null, 2)}\n` : formatRoutes(rows)
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? String(error)) : String(error)
}
