import type { FlatHeaders } from './http-transport.ts'

/** Returns the fields with those of the defaults that are not among them. */
export function withDefaults(headers: FlatHeaders, defaults: FlatHeaders): FlatHeaders {
  const all = [...headers]
  for (let i = 0; i < defaults.length; i += 2) {
    if (!hasName(headers, defaults[i]!)) all.push(defaults[i]!, defaults[i + 1]!)
  }
  return all
}

function hasName(headers: FlatHeaders, name: string): boolean {
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) return true
  return false
}
