/** What each converter makes of the text of a path parameter. */
export interface ConverterValues {
  str: string
  int: number
  float: number
  uuid: string
  path: string
}

/**
 * The parameters of a path literal: `PathParams<'/users/{id:int}'>` is `{ id: number }`. The parameters of a path that is
 * not known to the compiler are `Record<string, unknown>`.
 *
 * @typeParam Values What other converters than the built-in ones make, by their names.
 */
export type PathParams<Path extends string, Values extends object = ConverterValues> = string extends Path
  ? Record<string, unknown>
  : { readonly [Param in ParamOf<Path> as NameOf<Param>]: ValueOf<Param, Values> }

/** The union of what stands between braces. */
type ParamOf<Path extends string> = Path extends `${string}{${infer Param}}${infer Rest}`
  ? Param | ParamOf<Rest>
  : never

type NameOf<Param extends string> = Param extends `${infer Name}:${string}` ? Name : Param

type ValueOf<Param extends string, Values> = Param extends `${string}:${infer Name}`
  ? Name extends keyof Values
    ? Values[Name]
    : unknown
  : string
