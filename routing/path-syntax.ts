import { show } from '../lib/spec/violations.ts'
import { builtInConverters } from '../lib/endpoint/contract/converters.ts'
import type { Converter, Converters } from '../lib/endpoint/contract/converters.ts'

/** A parameter of a path: `{name}` or `{name:converter}`. */
export interface PathParam {
  readonly name: string
  readonly converter: Converter
  /** Whether the value may hold `/`. */
  readonly spansSegments: boolean
}

/** A path taken apart: the text before each parameter, and the text after the last one. */
export interface PathParts {
  /** One more than there are parameters. */
  readonly literals: readonly string[]
  readonly params: readonly PathParam[]
}

const identifier = /^[A-Za-z_$][\w$]*$/

/**
 * Takes a path apart.
 *
 * @throws TypeError for a path that is neither empty nor starts with `/`, for braces that do not pair, for a parameter
 * without a proper name or with a converter that is not known, and for a name that occurs twice.
 */
export function parsePath(source: string, custom: Converters): PathParts {
  if (typeof source !== 'string') throw new TypeError(`Cannot use ${show(source)} as a path: expected a string`)
  if (source !== '' && !source.startsWith('/')) throw refusal(source, 'it does not start with "/"')
  const literals: string[] = []
  const params: PathParam[] = []
  let end = 0
  for (let open = source.indexOf('{'); open >= 0; open = source.indexOf('{', end)) {
    literals.push(literal(source, end, open))
    end = source.indexOf('}', open) + 1
    if (end === 0) throw refusal(source, 'a "{" has no "}"')
    params.push(parseParam(source, source.slice(open + 1, end - 1), custom))
  }
  literals.push(literal(source, end, source.length))
  checkNames(source, params)
  checkNeighbours(source, literals, params)
  return { literals, params }
}

function literal(source: string, start: number, end: number): string {
  const text = source.slice(start, end)
  if (text.includes('}')) throw refusal(source, 'a "}" has no "{"')
  return text
}

function parseParam(source: string, text: string, custom: Converters): PathParam {
  const colon = text.indexOf(':')
  const name = colon < 0 ? text : text.slice(0, colon)
  const kind = colon < 0 ? 'str' : text.slice(colon + 1)
  if (!identifier.test(name)) throw refusal(source, `${show(name)} is no name for a parameter, expected an identifier`)
  const converter = findConverter(kind, custom)
  if (converter === undefined) {
    const known = [...Object.keys(builtInConverters), ...Object.keys(custom)].join(', ')
    throw refusal(source, `parameter "${name}" has the unknown converter ${show(kind)}, expected one of ${known}`)
  }
  if (converter.regex.flags !== '') throw refusal(source, `the regex of converter "${kind}" has flags, expected none`)
  return { name, converter, spansSegments: converter === builtInConverters.path }
}

function findConverter(kind: string, custom: Converters): Converter | undefined {
  const table: Converters = Object.hasOwn(custom, kind) ? custom : builtInConverters
  return table[kind]
}

function checkNames(source: string, params: readonly PathParam[]): void {
  const names = params.map((param) => param.name)
  const twice = names.filter((name, index) => names.indexOf(name) !== index)
  if (twice.length > 0) {
    throw refusal(source, `the name ${[...new Set(twice)].map(show).join(', ')} occurs more than once`)
  }
}

/** Refuses what cannot be told apart in one pass over the path. */
function checkNeighbours(source: string, literals: readonly string[], params: readonly PathParam[]): void {
  const last = params.findLastIndex((param) => param.spansSegments)
  const first = params.findIndex((param) => param.spansSegments)
  for (const [index, param] of params.entries()) {
    const before = params[index - 1]
    if (before === undefined) continue
    const between = literals[index]!
    const names = `"${before.name}" and "${param.name}"`
    if (between === '') throw refusal(source, `no text stands between the parameters ${names}`)
    if (!between.includes('/') && before.spansSegments !== param.spansSegments) {
      throw refusal(source, `the parameters ${names} share a segment, but one of them takes several segments`)
    }
    if (index > first && index < last && !param.spansSegments) {
      throw refusal(source, `parameter "${param.name}" stands between two that take several segments`)
    }
  }
}

function refusal(source: string, why: string): TypeError {
  return new TypeError(`Cannot use ${show(source)} as a path: ${why}`)
}
