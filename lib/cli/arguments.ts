import { parseArgs } from 'node:util'
import type { ParseArgsConfig } from 'node:util'
import { closest } from '../spec/closest.ts'
import { optionTable } from './option-table.ts'
import type { Option } from './option-table.ts'
import { UsageError } from './usage-error.ts'

/** The arguments of `stelline run`, sorted. */
export interface Arguments {
  /** What is no option. */
  readonly words: readonly string[]
  /** The values of the options that were given, by name; those of a flag are `true` and `false`. */
  readonly values: ReadonlyMap<string, readonly string[]>
}

const byName: ReadonlyMap<string, Option> = new Map(optionTable.map((option) => [option.name, option]))

const config: NonNullable<ParseArgsConfig['options']> = {
  help: { type: 'boolean', short: 'h' },
  ...Object.fromEntries(optionTable.map(({ name, value }) => [name, { type: value === null ? 'boolean' : 'string' }])),
}

/**
 * Tells options from other arguments. Returns null when help is asked for.
 *
 * @throws {@link UsageError} for an option that does not exist, naming the closest one, for a missing value and for one
 * too many.
 */
export function readArguments(args: readonly string[]): Arguments | null {
  // Not strict: what is wrong is told in our own words.
  const { tokens } = parseArgs({ args: [...args], options: config, strict: false, tokens: true })
  const words: string[] = []
  const values = new Map<string, string[]>()
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind !== 'option') continue
    if (token.name === 'help') return null
    const { option, value } = readOption(token)
    if (option.repeatable === true) values.set(option.name, [...(values.get(option.name) ?? []), value])
    else values.set(option.name, [value])
  }
  return { words, values }
}

/** An option as it was written. */
interface Written {
  readonly name: string
  readonly rawName: string
  readonly value?: string | undefined
  /** True for a value behind `=`. */
  readonly inlineValue?: boolean | undefined
}

function readOption(written: Written): { option: Option; value: string } {
  const { name, rawName } = written
  const option = byName.get(name)
  if (option?.value != null) return { option, value: valueOf(option.value, written) }
  const flag = option ?? (name.startsWith('no-') ? byName.get(name.slice(3)) : undefined)
  if (flag === undefined || flag.value !== null) throw unknown(rawName)
  if (written.value !== undefined) {
    throw new UsageError(`Cannot use ${rawName}: it takes no value, expected --${flag.name} or --no-${flag.name}`)
  }
  return { option: flag, value: String(flag === option) }
}

function valueOf(expected: string, { rawName, value, inlineValue }: Written): string {
  if (value === undefined)
    throw new UsageError(`Cannot use ${rawName}: no value is given, expected ${rawName} ${expected}`)
  if (inlineValue === true || !/^-./.test(value)) return value
  // More often than not the value was forgotten, and this is the next option.
  throw new UsageError(
    `Cannot use ${rawName}: ${JSON.stringify(value)} looks like an option, expected ${rawName} ${expected}; ` +
      `a value that begins with "-" is written as ${rawName}=${value}`,
  )
}

function unknown(rawName: string): UsageError {
  const flags = optionTable.filter(({ value }) => value === null).map(({ name }) => `--no-${name}`)
  const near = closest(rawName, ['--help', ...Array.from(byName.keys(), (name) => `--${name}`), ...flags])
  return new UsageError(
    `Cannot use ${rawName}: there is no such option${near === null ? '' : `; the closest one is ${near}`}`,
  )
}
