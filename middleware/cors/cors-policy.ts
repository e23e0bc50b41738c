import { listMembers } from '../../lib/http/list-members.ts'
import { checkedOrigin } from '../../lib/http/origin.ts'
import { canonicalName, isFieldValue } from '../../lib/spec/field-syntax.ts'
import type { HTTPScope } from '../../lib/spec/scope.ts'
import { show } from '../../lib/spec/violations.ts'

/** Which pages of other origins may read the answers of an app. */
export interface CORSOptions {
  /** Origins as browsers write them, for example `https://example.org`; `*` for every origin. Default: none. */
  allowOrigins?: readonly string[]
  /** Allows origins that the expression matches as a whole. With credentials it must not match every origin. */
  allowOriginRegex?: RegExp
  /** Allows origins for which it returns true. It is asked last. */
  allowOriginIf?: (origin: string, scope: HTTPScope) => boolean
  /** Methods that pages may use; `*` for DELETE, GET, HEAD, OPTIONS, PATCH, POST and PUT. Default: GET. */
  allowMethods?: readonly string[]
  /**
   * Request fields that pages may set besides `accept`, `accept-language`, `content-language` and `content-type`; `*` for
   * all that are asked for. Default: none.
   */
  allowHeaders?: readonly string[]
  /** Whether requests may carry cookies and other credentials. It needs origins by name. Default false. */
  allowCredentials?: boolean
  /** Response fields that pages may read besides the few that they always may. Default: none. */
  exposeHeaders?: readonly string[]
  /** How long browsers may remember the answer to a preflight, in seconds. Default 600. */
  maxAgeSeconds?: number
  /** Whether pages of the public web may ask a server in a private network. Default false. */
  allowPrivateNetwork?: boolean
}

/** What a page asks before it sends a request. */
export interface Preflight {
  readonly origin: string
  readonly method: string
  /** The value of `access-control-request-headers`. */
  readonly headers: string
  readonly privateNetwork: boolean
}

/** The answer to a preflight: what is refused, if anything, and the fields, names and values in turn. */
export interface PreflightVerdict {
  readonly refused: readonly string[]
  readonly fields: readonly string[]
}

const everyMethod = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']
const safelisted = ['Accept', 'Accept-Language', 'Content-Language', 'Content-Type']
/** An origin that no app can mean: an expression that allows it allows every one. */
const anybody = 'https://anybody.invalid'
/** Far above what browsers ask for; a longer list is refused unread. */
const maxAskedHeaders = 8192

/**
 * Decides what a page of another origin may do.
 *
 * @see https://fetch.spec.whatwg.org/#http-cors-protocol
 */
export class CORSPolicy {
  /** Whether every origin is allowed, so that answers are the same for all. */
  readonly anyOrigin: boolean
  readonly #origins: ReadonlySet<string>
  readonly #regex: RegExp | null
  readonly #predicate: CORSOptions['allowOriginIf'] | null
  readonly #methods: ReadonlySet<string>
  readonly #anyHeader: boolean
  readonly #headers: ReadonlySet<string>
  readonly #allowPrivateNetwork: boolean
  /** The fields of every answer that a page may read, besides the origin. */
  readonly #answerFields: readonly string[]
  readonly #preflightFields: readonly string[]
  readonly #anyOriginFields: readonly string[]

  /** @throws TypeError for options that browsers could not follow, `*` with credentials among them. */
  constructor(options: CORSOptions) {
    const { allowOrigins = [], allowMethods = ['GET'], allowHeaders = [], exposeHeaders = [] } = options
    this.anyOrigin = checkedList('allowOrigins', allowOrigins).includes('*')
    if (this.anyOrigin && options.allowCredentials === true) throw credentialsForAll()
    this.#origins = new Set(allowOrigins.filter((origin) => origin !== '*').map(checkedOrigin))
    this.#regex = options.allowOriginRegex === undefined ? null : wholeMatch(options.allowOriginRegex)
    if (options.allowCredentials === true && this.#regex?.test(anybody) === true) throw credentialsForAll()
    this.#predicate = options.allowOriginIf ?? null
    const methods = checkedList('allowMethods', allowMethods).includes('*') ? everyMethod : allowMethods
    this.#methods = new Set(methods.map(checkedMethod))
    this.#anyHeader = checkedList('allowHeaders', allowHeaders).includes('*')
    const headers = sortedNames([...safelisted, ...allowHeaders.filter((name) => name !== '*')])
    this.#headers = new Set(headers.map((name) => name.toLowerCase()))
    this.#allowPrivateNetwork = options.allowPrivateNetwork ?? false
    const credentials = options.allowCredentials === true ? ['access-control-allow-credentials', 'true'] : []
    const exposed = sortedNames(checkedList('exposeHeaders', exposeHeaders)).join(', ')
    this.#answerFields = [...credentials, ...(exposed === '' ? [] : ['access-control-expose-headers', exposed])]
    this.#anyOriginFields = ['access-control-allow-origin', '*', ...this.#answerFields]
    this.#preflightFields = [
      'access-control-allow-methods',
      methods.join(', '),
      'access-control-max-age',
      String(checkedAge(options.maxAgeSeconds ?? 600)),
      ...credentials,
      ...(this.#anyHeader ? [] : ['access-control-allow-headers', headers.join(', ')]),
    ]
  }

  /** Returns the fields to add to an answer for a page of an origin, names and values in turn; none when it may not read it. */
  answerFields(origin: string, scope: HTTPScope): readonly string[] {
    if (this.anyOrigin) return this.#anyOriginFields
    return this.#allows(origin, scope) ? ['access-control-allow-origin', origin, ...this.#answerFields] : []
  }

  /** Answers a preflight. */
  preflight(asked: Preflight, scope: HTTPScope): PreflightVerdict {
    const allowsOrigin = this.anyOrigin || this.#allows(asked.origin, scope)
    const names = asked.headers.length > maxAskedHeaders ? null : listMembers(asked.headers)
    const allowsHeaders = names !== null && names.every((name) => this.#allowsHeader(name))
    const refused = [
      ...(allowsOrigin ? [] : ['origin']),
      ...(this.#methods.has(asked.method) ? [] : ['method']),
      ...(allowsHeaders ? [] : ['headers']),
      ...(asked.privateNetwork && !this.#allowPrivateNetwork ? ['private-network'] : []),
    ]
    if (!allowsOrigin) return { refused, fields: [] }
    const fields = ['access-control-allow-origin', this.anyOrigin ? '*' : asked.origin, ...this.#preflightFields]
    if (this.#anyHeader && allowsHeaders && names.length > 0)
      fields.push('access-control-allow-headers', names.join(', '))
    if (asked.privateNetwork && this.#allowPrivateNetwork) fields.push('access-control-allow-private-network', 'true')
    return { refused, fields }
  }

  #allows(origin: string, scope: HTTPScope): boolean {
    if (this.#origins.has(origin)) return true
    if (this.#regex === null && this.#predicate === null) return false
    if (!isFieldValue(origin)) return false
    if (this.#regex?.test(origin) === true) return true
    return this.#predicate !== null && checkedVerdict(this.#predicate!(origin, scope))
  }

  #allowsHeader(name: string): boolean {
    const canonical = canonicalName(name)
    return canonical !== null && (this.#anyHeader || this.#headers.has(canonical))
  }
}

/** An expression that matches whole texts only, and that has no memory of the last one. */
function wholeMatch(regex: unknown): RegExp {
  if (!(regex instanceof RegExp)) throw badOption('allowOriginRegex', regex, 'a RegExp')
  return new RegExp(`^(?:${regex.source})$`, regex.flags.replace(/[gmy]/g, ''))
}

/** A promise would be true for everybody. */
function checkedVerdict(verdict: unknown): boolean {
  if (typeof verdict === 'boolean') return verdict
  throw new TypeError(`Cannot decide on an origin: allowOriginIf returned ${show(verdict)}, expected true or false`)
}

function checkedList(option: string, list: readonly string[]): readonly string[] {
  if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list
  throw badOption(option, list, 'an array of strings')
}

function checkedMethod(method: string): string {
  if (canonicalName(method) === null) throw badOption('allowMethods', method, 'methods such as "GET"')
  if (everyMethod.includes(method.toUpperCase()) && method !== method.toUpperCase()) {
    throw badOption('allowMethods', method, `${show(method.toUpperCase())}, since methods differ in case`)
  }
  return method
}

function checkedAge(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 0) return seconds
  throw badOption('maxAgeSeconds', seconds, 'a whole number of seconds')
}

/** Names in the order of their lower-case forms, each once. */
function sortedNames(names: readonly string[]): string[] {
  const byCanonical = new Map<string, string>()
  for (const name of names) {
    const canonical = canonicalName(name)
    if (canonical === null) throw badOption('the names of fields', name, 'tokens')
    if (!byCanonical.has(canonical)) byCanonical.set(canonical, name)
  }
  return [...byCanonical.keys()].sort().map((canonical) => byCanonical.get(canonical)!)
}

function credentialsForAll(): TypeError {
  return new TypeError(
    'Cannot allow credentials to every origin: any page could read what its visitor may see. List the origins, or leave allowCredentials out',
  )
}

function badOption(option: string, value: unknown, expected: string): TypeError {
  return new TypeError(`Cannot set up CORS: ${option} is ${show(value)}, expected ${expected}`)
}
