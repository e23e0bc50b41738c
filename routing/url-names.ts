import type { ParamValues } from './param-values.ts'

/** A name that URLs are built by, and the parameters that go with it, as the compiler knows them. */
export interface NamedURL {
  readonly name: string
  readonly params: object
}

/** What is known of a table that is not constant: nothing. */
export interface AnyURL extends NamedURL {
  readonly params: ParamValues
}

/** Tells the compiler which URLs a routable names. There is nothing of it at run time. */
export interface Named<URLs> {
  readonly '~urls'?: URLs
}

/** The URLs that a table of routes names: known when the table is a tuple, as `as const` makes it. */
export type URLsIn<Routes> = Routes extends readonly unknown[]
  ? number extends Routes['length']
    ? AnyURL
    : URLsOf<Routes[number]>
  : AnyURL

/** The URLs that a routable, or the app in a mount, names. */
export type URLsOf<Target> = Target extends Named<infer URLs> ? Extract<URLs, NamedURL> : never

/** The URL of one route: none when the compiler does not know its name. */
export type RouteURL<Name, Params extends object> = Name extends string
  ? string extends Name
    ? never
    : { readonly name: Name; readonly params: Params }
  : never

/** The URLs below a mount or a host: the names get its name in front, and the parameters its own. */
export type URLsBelow<Name, Params extends object, Target> =
  | Below<Name, Params, Target extends readonly unknown[] ? URLsIn<Target> : URLsOf<Target>>
  | RouteURL<Name, Joined<Params, { readonly path: string }>>

type Below<Name, Params extends object, URL> = URL extends NamedURL
  ? {
      readonly name: Name extends string ? `${Name}:${URL['name']}` : URL['name']
      readonly params: Joined<Params, URL['params']>
    }
  : never

type Joined<Outer extends object, Inner extends object> = keyof Outer extends never ? Inner : Outer & Inner

/** The parameters of URLs by their names. */
export type URLTable<URLs extends NamedURL> = { readonly [URL in URLs as URL['name']]: URL['params'] }

/** What follows the name where a URL is asked for: its parameters, which may be left out when it has none. */
export type URLArguments<Params> = keyof Params extends never
  ? [params?: Readonly<Record<string, never>>]
  : Partial<Params> extends Params
    ? [params?: Params]
    : [params: Params]
