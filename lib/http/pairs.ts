/** A value of a pair, as it would be printed. */
export type PairValue = string | number | boolean

/** Names with their values, as a query or a form has them; a value that is an array stands for as many pairs. */
export type PairsInit =
  | string
  | Iterable<readonly [name: string, value: string]>
  | Readonly<Record<string, PairValue | readonly PairValue[]>>

/** Makes pairs that can be URL-encoded. A string is taken as already encoded. */
export function searchParamsOf(init: PairsInit): URLSearchParams {
  if (typeof init === 'string') return new URLSearchParams(init)
  if (Symbol.iterator in init) return new URLSearchParams([...(init as Iterable<[string, string]>)])
  const pairs = Object.entries(init).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as readonly PairValue[]) : [value as PairValue]).map((item): [string, string] => [
      name,
      String(item),
    ]),
  )
  return new URLSearchParams(pairs)
}
