import { Headers } from '../lib/http/headers.ts'
import { show } from '../lib/spec/violations.ts'
import type { Converters } from '../lib/endpoint/contract/converters.ts'
import type { ParamValues } from './param-values.ts'
import { PathPattern } from './path-pattern.ts'
import type { RoutedScope } from './routable.ts'

/** A host and an optional port as clients write it; what else a `Host` field may hold names no host. */
const claimed = /^([\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/** Returns the host that a client asked for, in lower case and without a port; `null` when it named none. */
export function requestedHost({ headers }: RoutedScope): string | null {
  return claimed.exec(Headers.from(headers).get('host') ?? '')?.[1]?.toLowerCase() ?? null
}

/** A host with parameters, such as `{tenant}.example.org`, and the port that its URLs have. */
export class HostPattern {
  /** The host as written. */
  readonly source: string
  /** A host is one segment, so a path of one segment matches it. */
  readonly #pattern: PathPattern<string, Converters>
  readonly #port: string

  /** @throws TypeError for a host with a scheme, a path or blanks, and for what a {@link PathPattern} refuses. */
  constructor(host: string, converters: Converters = {}) {
    if (typeof host !== 'string' || host === '' || /[/\s@?#]/.test(literalsOf(host))) {
      throw new TypeError(
        `Cannot use ${show(host)} as a host: expected a host with an optional port, such as "{name}.example.org"`,
      )
    }
    this.source = host
    this.#port = /:\d{1,5}$/.exec(host)?.[0] ?? ''
    const name = host.slice(0, host.length - this.#port.length)
    this.#pattern = new PathPattern(`/${lowerCaseLiterals(name)}`, converters)
  }

  get names(): readonly string[] {
    return this.#pattern.names
  }

  match(host: string): ParamValues | null {
    return this.#pattern.match(`/${host}`)
  }

  takes(params: ParamValues): boolean {
    return this.#pattern.takes(params)
  }

  /**
   * Returns the host for a set of parameters, with the port.
   *
   * @throws TypeError for a value that its converter refuses, or that makes no host.
   */
  format(params: ParamValues): string {
    const host = this.#pattern.format(params).slice(1)
    if (claimed.test(host)) return host + this.#port
    throw new TypeError(`Cannot make a URL at the host ${show(host)}: the parameters make no host`)
  }
}

function lowerCaseLiterals(host: string): string {
  return host.replaceAll(/\{[^}]*\}|[^{]+/g, (part) => (part.startsWith('{') ? part : part.toLowerCase()))
}

function literalsOf(host: string): string {
  return host.replaceAll(/\{[^}]*\}/g, '')
}
