import { readFileSync } from 'node:fs'
import { mainHelp, runHelp } from './help.ts'
import { openapiCommand } from './openapi.ts'
import { readRunOptions } from './options.ts'
import type { Environment } from './options.ts'
import { run } from './run.ts'
import type { RunOptions } from './run-options.ts'
import type { RunEnd, RunWorld } from './run.ts'
import { routesCommand } from './routes.ts'
import type { Streams } from './telling-command.ts'
import type { UsageError } from './usage-error.ts'

/** The exit code of a command line that cannot be understood. */
const misused = 2

/** Carries out one command line and returns how the process should end. */
export async function runCommandLine(
  args: readonly string[],
  environment: Environment,
  world: RunWorld & Streams,
): Promise<RunEnd> {
  const [command, ...rest] = args
  switch (command) {
    case 'run':
      return await runCommand(rest, environment, world)
    case 'routes':
      return await routesCommand(rest, environment, world)
    case 'openapi':
      return await openapiCommand(rest, environment, world)
    case '-v':
    case '--version':
      return say(world.stdout, `stelline ${ownVersion()} (node ${process.versions.node})\n`)
    case '-h':
    case '--help':
      return say(world.stdout, mainHelp)
    case undefined:
      return say(world.stderr, mainHelp, misused)
    default:
      return say(
        world.stderr,
        `Cannot carry out "${command}": expected run, routes, openapi, --help or --version\n`,
        misused,
      )
  }
}

async function runCommand(args: readonly string[], environment: Environment, world: RunWorld): Promise<RunEnd> {
  let options: RunOptions | null
  try {
    options = readRunOptions(args, environment)
  } catch (error) {
    const { message } = error as UsageError
    return say(world.stderr, `${message}\n"stelline run --help" lists the options.\n`, misused)
  }
  return options === null ? say(world.stdout, runHelp()) : await run(options, world)
}

function say(stream: RunWorld['stdout'], text: string, code = 0): RunEnd {
  stream.write(text)
  return { code }
}

function ownVersion(): string {
  const manifest = readFileSync(new URL(import.meta.resolve('stelline/package.json')), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
