import { readArguments } from './arguments.ts'
import { environmentName, optionTable } from './option-table.ts'
import type { Option } from './option-table.ts'
import { defaultRunOptions } from './run-options.ts'
import type { RunOptions } from './run-options.ts'
import { UsageError } from './usage-error.ts'

/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads the arguments of `stelline run` and, for what they do not say, the environment. Returns `null` when they ask for
 * help.
 *
 * @throws {@link UsageError} naming the option, what it was given, and what it expects.
 */
export function readRunOptions(args: readonly string[], environment: Environment): RunOptions | null {
  const given = readArguments(args)
  if (given === null) return null
  const options = defaultRunOptions()
  options.app = appOf(given.words, environment)
  for (const option of optionTable) {
    const values = given.values.get(option.name)
    const variable = environmentName(option.name)
    if (values !== undefined) applyAll(options, option, `--${option.name}`, values)
    else if (environment[variable]) applyAll(options, option, variable, linesOf(option, environment[variable]))
  }
  if (options.serve.uds !== undefined && options.serve.fd !== undefined) {
    throw new UsageError('Cannot listen on --uds and --fd at the same time: expected one of them')
  }
  return options
}

function appOf(words: readonly string[], environment: Environment): string {
  const [app = environment[environmentName('app')] ?? '', ...more] = words
  if (app === '') throw new UsageError('Cannot run: no app is given, expected MODULE[:EXPORT], for example app.ts')
  if (more.length > 0) throw new UsageError(`Cannot run ${words.join(' ')}: expected one app`)
  return app
}

function applyAll(options: RunOptions, option: Option, name: string, values: readonly string[]): void {
  for (const value of values) {
    try {
      option.apply(options, value)
    } catch (error) {
      throw new UsageError(`Cannot use ${name} ${JSON.stringify(value)}: ${(error as Error).message}`, { cause: error })
    }
  }
}

function linesOf({ repeatable }: Option, value: string): string[] {
  return repeatable === true ? value.split('\n').filter((line) => line.trim() !== '') : [value]
}
