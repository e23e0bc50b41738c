import { builtInConverters } from '../lib/endpoint/contract/converters.ts'
import type { Converter } from '../lib/endpoint/contract/converters.ts'
import { emptyParams } from './param-values.ts'
import type { ParamValues } from './param-values.ts'
import type { PathParam } from './path-syntax.ts'

const { str } = builtInConverters

/**
 * Parameters whose texts are found together: as a rule one; several when they share a segment, or when each of them takes
 * several segments. Their text is cut up in one pass, where an expression of several groups would try every combination.
 */
export interface ParamRun {
  readonly params: readonly PathParam[]
  /** The text after each parameter but the last. */
  readonly separators: readonly string[]
  /** What the text of each parameter must look like, when there are several. */
  readonly tests: readonly RegExp[]
  /** How many parameters, from the left, cannot hold the first character of the text that follows them. */
  readonly closed: number
}

/**
 * Reads parameters that each are a whole segment. Returns `null` when a text does not fit.
 *
 * @param texts Becomes the values where these are the texts; else it stays as it is.
 */
export function readSegments(params: readonly PathParam[], texts: Record<string, string>): ParamValues | null {
  let values: Record<string, unknown> = texts
  for (let index = 0; index < params.length; index++) {
    const { name, converter } = params[index]!
    const text = texts[name]!
    if (converter === str) {
      if (text === '') return null
      continue
    }
    if (!testOf(converter).test(text)) return null
    if (values === texts) values = Object.assign(emptyParams(), texts)
    const value = converter.convert(text)
    if (value === undefined) return null
    values[name] = value
  }
  return values
}

/** Makes a run of parameters and the text between them. */
export function paramRun(params: readonly PathParam[], separators: readonly string[]): ParamRun {
  const open = separators.findIndex((separator, index) => mayHold(params[index]!.converter, separator[0]!))
  return {
    params,
    separators,
    tests: params.map(({ converter }) => testOf(converter)),
    closed: open < 0 ? separators.length : open,
  }
}

const known = new WeakMap<Converter, RegExp>()

/** What a text must look like. */
function testOf(converter: Converter): RegExp {
  let test = known.get(converter)
  if (test === undefined) known.set(converter, (test = new RegExp(`^(?:${converter.regex.source})$`)))
  return test
}

/** Reads the values of a run into an object. Returns false when the text does not fit. */
export function readRun(run: ParamRun, text: string, into: Record<string, unknown>): boolean {
  return run.separators.length === 0 ? readParam(run.params[0]!, text, into) : readSeveral(run, text, into)
}

/**
 * From the left, parameters that cannot hold what follows them end at its first occurrence; from the right, each of the
 * others begins at the last occurrence of what precedes it, as greedy expressions would have it; one takes the rest.
 */
function readSeveral(run: ParamRun, text: string, into: Record<string, unknown>): boolean {
  const { params, separators, closed } = run
  let start = 0
  for (let index = 0; index < closed; index++) {
    const cut = text.indexOf(separators[index]!, start)
    if (cut < 0 || !readTested(run, index, text.slice(start, cut), into)) return false
    start = cut + separators[index]!.length
  }
  let end = text.length
  for (let index = params.length - 1; index > closed; index--) {
    const separator = separators[index - 1]!
    const cut = text.lastIndexOf(separator, end - separator.length - smallestLength(params[index]!))
    if (cut < start || !readTested(run, index, text.slice(cut + separator.length, end), into)) return false
    end = cut
  }
  return readTested(run, closed, text.slice(start, end), into)
}

function readTested(run: ParamRun, index: number, text: string, into: Record<string, unknown>): boolean {
  return run.tests[index]!.test(text) && readParam(run.params[index]!, text, into)
}

function readParam({ name, converter }: PathParam, text: string, into: Record<string, unknown>): boolean {
  const value = converter.convert(text)
  into[name] = value
  return value !== undefined
}

function mayHold(converter: Converter, character: string): boolean {
  return converter.characters === undefined || converter.characters.test(character)
}

/** Only a parameter that takes several segments may take none. */
function smallestLength({ spansSegments }: PathParam): number {
  return spansSegments ? 0 : 1
}
