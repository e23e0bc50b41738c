import { show } from '../lib/spec/violations.ts'
import { colonName } from '../lib/endpoint/contract/colon-name.ts'
import type { Converters } from '../lib/endpoint/contract/converters.ts'
import { readRun, readSegments } from './param-run.ts'
import { emptyParams, noParams } from './param-values.ts'
import type { ParamValues } from './param-values.ts'
import { pathExpression } from './path-expression.ts'
import type { Capture } from './path-expression.ts'
import type { ConverterValues, PathParams } from '../lib/endpoint/contract/path-params.ts'
import { shapeOf } from './path-shape.ts'
import type { PathShape } from './path-shape.ts'
import type { SegmentTexts } from './path-tree.ts'
import { parsePath } from './path-syntax.ts'
import type { PathParam, PathParts } from './path-syntax.ts'
import { urlPathOf } from './url-path.ts'

/** A path as routes take it: a string, or a pattern with converters of its own. */
export type AnyPath = string | PathPattern<string, Converters>

/** The parameters of a path. */
export type ParamsOf<Path extends AnyPath> =
  Path extends PathPattern<infer Source, infer Custom>
    ? PathParams<Source, ConverterValues & ValuesOf<Custom>>
    : Path extends string
      ? PathParams<Path>
      : never

/**
 * Returns the pattern of a route.
 *
 * @throws TypeError for an empty path, which only a mount may have, for a malformed one, and for a string with a segment
 * such as `:id`.
 */
export function routePattern(path: AnyPath): PathPattern {
  checkPath(path, 'a route')
  const source = typeof path === 'string' ? path : path.source
  if (!source.startsWith('/')) throw new TypeError(`Cannot add route ${show(source)}: path does not start with "/"`)
  return typeof path === 'string' ? new PathPattern(path) : path
}

/**
 * @throws TypeError for what is no path, from code that no compiler has seen, and for a string that has parameters as other
 * routers write them. Who makes a pattern means what it says.
 */
export function checkPath(path: AnyPath, what: string): void {
  if (path instanceof PathPattern) return
  if (typeof path !== 'string') {
    throw new TypeError(
      `Cannot add ${what}: the path is ${show(path)}, expected a string that starts with "/", or a PathPattern`,
    )
  }
  const name = colonName(path)
  if (name === null) return
  throw new TypeError(
    `Cannot add ${what} at ${show(path)}: ":${name}" is literal text, expected "{${name}}"; new PathPattern(${show(path)}) takes it as it is`,
  )
}

/** The values that custom converters make, by their names. */
export type ValuesOf<Custom extends Converters> = {
  readonly [Name in keyof Custom]: Custom[Name] extends { convert(text: string): infer Value }
    ? Exclude<Value, undefined>
    : unknown
}

/** What a pattern found at the beginning of a path. */
export interface PrefixMatch {
  /** The part of the path that the pattern covers. */
  readonly prefix: string
  readonly params: ParamValues
}

/**
 * A path with parameters, such as `/users/{id:int}`. Text and parameters may share a segment, as in `/{name}.{type}`: the
 * segment is cut at the last places where the text between two parameters occurs, or at the first one where the
 * parameter before cannot hold that text.
 *
 * A pattern takes decoded paths and never decodes again. Matching takes time linear in the length of the path.
 */
// oxlint-disable-next-line typescript/no-generated-empty-object-type -- no converters, so no names of converters
export class PathPattern<const Path extends string = string, const Custom extends Converters = Record<never, never>> {
  /** The path as written. */
  readonly source: Path
  /** The names of the parameters, in the order in which they stand. */
  readonly names: readonly string[]
  readonly #parts: PathParts
  readonly #expression: string
  readonly #captures: readonly Capture[]
  /** `null` for a path without parameters, which is compared as a string. */
  readonly #whole: RegExp | null
  /** The same at the beginning of a path; made when it is first asked for, which only mounts do. */
  #prefix: RegExp | null = null
  readonly #literalPrefix: string
  readonly #literalMatch: PrefixMatch

  /**
   * @param converters Those that the path names besides the built-in ones.
   * @throws TypeError for a path that is neither empty nor starts with `/`, for braces that do not pair, for unknown
   * converters, for a name that occurs twice, and for neighbours that cannot be told apart.
   */
  constructor(path: Path, converters?: Custom) {
    this.source = path
    this.#parts = parsePath(path, converters ?? {})
    this.names = this.#parts.params.map((param) => param.name)
    const { source, captures } = pathExpression(this.#parts)
    this.#captures = captures
    this.#expression = source
    this.#whole = captures.length === 0 ? null : new RegExp(`^${source}$`)
    this.#literalPrefix = `${path}/`
    this.#literalMatch = { prefix: path, params: noParams }
  }

  /**
   * Registers converters for many paths: returns a function that makes patterns with them.
   *
   * @throws TypeError from the function, as the constructor does.
   */
  static using<const Custom extends Converters>(
    converters: Custom,
  ): <const Path extends string>(path: Path) => PathPattern<Path, Custom> {
    return (path) => new PathPattern(path, converters)
  }

  /** Whether the pattern is plain text. */
  get isLiteral(): boolean {
    return this.#whole === null
  }

  /** The parameters with their converters, in the order in which they stand. */
  get params(): readonly PathParam[] {
    return this.#parts.params
  }

  /** The text before each parameter, and the text after the last one. */
  get literals(): readonly string[] {
    return this.#parts.literals
  }

  /** What the paths look like that the pattern matches. */
  get shape(): PathShape {
    return shapeOf(this.#parts, { isPrefix: false })
  }

  /** What the paths look like at whose beginning the pattern finds something. */
  get prefixShape(): PathShape {
    return shapeOf(this.#parts, { isPrefix: true })
  }

  /** Returns the parameters of a path that the pattern covers whole, else `null`. */
  match(path: string): PathParams<Path, ConverterValues & ValuesOf<Custom>> | null {
    return this.#match(path) as PathParams<Path, ConverterValues & ValuesOf<Custom>> | null
  }

  /** Returns the parameters of the texts that the segments of a path have, which has the shape of the pattern. */
  read(texts: SegmentTexts): ParamValues | null {
    return readSegments(this.#parts.params, texts)
  }

  /** Whether `match` may succeed; it still depends on the converters then. */
  mayMatch(path: string): boolean {
    return this.#whole === null ? path === this.source : this.#whole.test(path)
  }

  /** Whether these are exactly the parameters of the pattern. */
  takes(params: ParamValues): boolean {
    return Object.keys(params).length === this.names.length && this.names.every((name) => Object.hasOwn(params, name))
  }

  /** Returns what the pattern finds at the beginning of a path that goes on with `/`, else `null`. */
  matchPrefix(path: string): PrefixMatch | null {
    if (this.#whole === null) return path.startsWith(this.#literalPrefix) ? this.#literalMatch : null
    const found = (this.#prefix ??= new RegExp(`^${this.#expression}(?=/)`)).exec(path)
    const params = found === null ? null : this.#read(found)
    return params === null ? null : { prefix: found![0], params }
  }

  /**
   * Returns the path for a set of parameters, percent-encoded.
   *
   * @throws TypeError for a value that its converter refuses, and for a path with the segment `.` or `..`.
   */
  format(params: ParamValues): string {
    const { literals, params: slots } = this.#parts
    const texts = slots.map(({ name, converter }, index) => converter.format(params[name]) + literals[index + 1]!)
    return urlPathOf(literals[0]! + texts.join(''))
  }

  #match(path: string): ParamValues | null {
    if (this.#whole === null) return path === this.source ? noParams : null
    const found = this.#whole.exec(path)
    return found === null ? null : this.#read(found)
  }

  #read(found: RegExpExecArray): ParamValues | null {
    const params = emptyParams()
    const captures = this.#captures
    for (let index = 0; index < captures.length; index++) {
      const { group, run } = captures[index]!
      if (!readRun(run, found[group]!, params)) return null
    }
    return params
  }
}
