/** Names with their values; a value that is an array stands for as many pairs. */
export type PairsInit =
  | string
  | URLSearchParams
  | Readonly<Record<string, string | number | boolean | readonly (string | number | boolean)[]>>

/** Makes URL-encoded pairs. A string is taken as already encoded. */
export function searchParamsOf(init: PairsInit): URLSearchParams {
  if (typeof init === 'string' || init instanceof URLSearchParams) return new URLSearchParams(init)
  const pairs = Object.entries(init).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((item): [string, string] => [name, String(item)]),
  )
  return new URLSearchParams(pairs)
}
