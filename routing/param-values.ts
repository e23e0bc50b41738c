/** The values of path parameters by their names; the object inherits nothing from `Object.prototype`. */
export type ParamValues = Readonly<Record<string, unknown>>

const Params = function () {} as unknown as new () => Record<string, unknown>
Object.defineProperty(Params, 'prototype', { value: Object.freeze(Object.create(null)) })

/** Makes an object without `Object.prototype` behind it, several times faster than `Object.create(null)` does. */
export function emptyParams(): Record<string, unknown> {
  return new Params()
}

/** What a path without parameters yields. */
export const noParams: ParamValues = Object.freeze(emptyParams())

/** Returns the parameters of both, those of `inner` winning. */
export function joinParams(outer: ParamValues | null | undefined, inner: ParamValues): ParamValues {
  if (outer === null || outer === undefined || outer === noParams) return inner
  return inner === noParams ? outer : Object.assign(emptyParams(), outer, inner)
}
