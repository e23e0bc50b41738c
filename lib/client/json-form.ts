/** What a value is after it went through JSON: dates are text, functions are gone, and nothing is left of sets and maps. */
export type JSONForm<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends bigint | symbol | ((...args: never) => unknown)
      ? never
      : T extends { toJSON(...args: never): infer Written }
        ? JSONForm<Written>
        : T extends ReadonlySet<unknown> | ReadonlyMap<unknown, unknown>
          ? Record<string, never>
          : { [Name in keyof T]: JSONForm<T[Name]> }
