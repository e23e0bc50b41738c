import { parseArgs } from 'node:util'
import type { ParseArgsConfig } from 'node:util'
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
  const { values, positionals } = parse(args)
  if (values['help'] === true) return null
  const options = defaultRunOptions()
  options.app = appOf(positionals, environment)
  for (const option of optionTable) {
    const given = values[option.name]
    const variable = environmentName(option.name)
    if (given !== undefined) applyAll(options, option, `--${option.name}`, [given].flat().map(String))
    else if (environment[variable]) applyAll(options, option, variable, linesOf(option, environment[variable]))
  }
  if (options.serve.uds !== undefined && options.serve.fd !== undefined) {
    throw new UsageError('Cannot listen on --uds and --fd at the same time: expected one of them')
  }
  return options
}

type Values = Record<string, string | boolean | (string | boolean)[] | undefined>

function parse(args: readonly string[]): { values: Values; positionals: string[] } {
  const config: NonNullable<ParseArgsConfig['options']> = { help: { type: 'boolean', short: 'h' } }
  for (const { name, value, repeatable } of optionTable) {
    config[name] = { type: value === null ? 'boolean' : 'string', multiple: repeatable ?? false }
  }
  try {
    return parseArgs({ args: [...args], options: config, allowPositionals: true, allowNegative: true })
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error })
  }
}

function appOf(positionals: readonly string[], environment: Environment): string {
  const [app = environment[environmentName('app')] ?? '', ...more] = positionals
  if (app === '') throw new UsageError('Cannot run: no app is given, expected MODULE[:EXPORT], for example app.ts')
  if (more.length > 0) throw new UsageError(`Cannot run ${positionals.join(' ')}: expected one app`)
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
