import { hash } from 'node:crypto'
import type { EndpointResult } from '../../lib/endpoint/endpoint.ts'
import { named } from '../../lib/endpoint/named.ts'
import { startWith, withMoreFields } from '../../lib/http/message-fields.ts'
import { ConnectionHead } from '../../lib/request/connection-head.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import { toResponse } from '../../lib/response/to-response.ts'
import type { ASGIApp, Middleware, Receive, Send } from '../../lib/spec/app.ts'
import type { HTTPScope, WebSocketScope } from '../../lib/spec/scope.ts'
import { show } from '../../lib/spec/violations.ts'
import type { Store } from '../../lib/storage/store.ts'
import { slidingWindow, tokenBucket } from './algorithms.ts'
import type { Algorithm, Quota, Verdict } from './algorithms.ts'
import { clientKey } from './client-key.ts'
import { LocalBuckets, LocalWindows } from './local-counters.ts'
import type { LocalCounters } from './local-counters.ts'

/** How many requests are allowed, and to whom. */
export interface RateLimitOptions {
  /** How many requests are allowed within the window. */
  limit: number
  /** In milliseconds. Default 60,000. */
  windowMs?: number
  /** `sliding-window` counts evenly over any window; `token-bucket` allows bursts of up to `limit`. Default `sliding-window`. */
  algorithm?: 'sliding-window' | 'token-bucket'
  /**
   * Whom requests are counted for: `client`, the address, IPv6 by its first 64 bits; `user`, the object's `id`, or the client
   * when nobody is known; or a function, where `null` stands for no limit. Default `client`.
   */
  key?: 'client' | 'user' | ((connection: ConnectionHead) => string | null | Promise<string | null>)
  /** Where it is counted. Default: in the memory of this process, for the last 10,000; other processes do not see it. */
  store?: Store
  /** Tells limits apart, in the store and for the client. Default `default`. */
  name?: string
  /** Lets requests through when the store fails, instead of failing, too. Default false. */
  passOnStoreError?: boolean
  /** Answers in place of the plain 429; it gets `ratelimit` and `retry-after` in any case. */
  response?: (connection: ConnectionHead, retryAfterSeconds: number) => EndpointResult | Promise<EndpointResult>
  /** Tells the time, in milliseconds. Default `Date.now`. */
  now?: () => number
}

/**
 * Answers 429 when somebody has sent too many requests; handshakes of WebSockets are counted, too. Each answer tells how
 * much is left.
 *
 * Behind a proxy put it after `proxyHeaders()`: the client is the proxy before that.
 *
 * @throws TypeError or RangeError for a set-up that cannot work.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function rateLimit(options: RateLimitOptions): Middleware {
  const limiter = new RateLimiter(options)
  return named('rateLimit', (app) => (scope, receive, send) => {
    if (scope.type === 'lifespan') return app(scope, receive, send)
    return limiter.run(app, { scope, receive, send })
  })
}

interface Call {
  readonly scope: HTTPScope | WebSocketScope
  readonly receive: Receive
  readonly send: Send
}

interface Way {
  /** In a store. */
  readonly algorithm: Algorithm
  /** In this process. */
  readonly Local: new (quota: Quota) => LocalCounters
}

const ways: ReadonlyMap<string, Way> = new Map<string, Way>([
  ['sliding-window', { algorithm: slidingWindow, Local: LocalWindows }],
  ['token-bucket', { algorithm: tokenBucket, Local: LocalBuckets }],
])

class RateLimiter {
  readonly #options: RateLimitOptions
  readonly #way: Way
  readonly #store: Store | null
  /** `null` where a store counts. */
  readonly #local: LocalCounters | null
  readonly #quota: Quota
  readonly #name: string
  readonly #policy: string
  readonly #now: () => number

  constructor(options: RateLimitOptions) {
    const { limit, windowMs = 60_000, algorithm = 'sliding-window', name = 'default', now = Date.now } = options
    checkWhole('limit', limit)
    checkWhole('windowMs', windowMs)
    const known = ways.get(algorithm)
    if (known === undefined) {
      throw refusal(`the algorithm is ${show(algorithm)}, expected "sliding-window" or "token-bucket"`)
    }
    if (typeof name !== 'string' || !/^[\w\-.:/]+$/.test(name)) {
      throw refusal(`the name is ${show(name)}, expected letters, digits and any of _-.:/`)
    }
    const { key } = options
    if (key !== undefined && key !== 'client' && key !== 'user' && typeof key !== 'function') {
      throw refusal(`the key is ${show(key)}, expected "client", "user" or a function`)
    }
    this.#options = options
    this.#way = known
    this.#quota = { limit, windowMs }
    this.#store = options.store ?? null
    this.#local = this.#store === null ? new known.Local(this.#quota) : null
    this.#name = name
    this.#policy = `"${name}";q=${limit};w=${Math.ceil(windowMs / 1000)}`
    this.#now = now
  }

  /** Waits only for what makes it wait. */
  run(app: ASGIApp, call: Call): Promise<void> {
    let key: string | null | Promise<string | null>
    try {
      key = this.#keyOf(call.scope)
    } catch (error) {
      return Promise.reject(error)
    }
    return typeof key === 'string' || key === null
      ? this.#enter(app, call, key)
      : Promise.resolve(key).then((found) => this.#enter(app, call, checkedKey(found)))
  }

  #keyOf(scope: HTTPScope | WebSocketScope): string | null | Promise<string | null> {
    const { key = 'client' } = this.#options
    if (typeof key === 'function') return key(new ConnectionHead(scope))
    const user = key === 'user' ? new ConnectionHead(scope).user : null
    // A user cannot be mistaken for an address.
    return user === null ? `client:${clientKey(scope)}` : `user:${idOf(user)}`
  }

  #enter(app: ASGIApp, call: Call, key: string | null): Promise<void> {
    if (key === null) return app(call.scope, call.receive, call.send)
    if (this.#local !== null) return this.#decide(app, call, this.#local.count(kept(key), this.#now()))
    return this.#count(this.#store!, key).then((verdict) => this.#decide(app, call, verdict))
  }

  async #count(store: Store, key: string): Promise<Verdict | null> {
    try {
      return await this.#way.algorithm(store, `rate:${this.#name}:${digestOf(key)}`, this.#quota, this.#now())
    } catch (error) {
      if (this.#options.passOnStoreError === true) return null
      throw error
    }
  }

  #decide(app: ASGIApp, call: Call, verdict: Verdict | null): Promise<void> {
    if (verdict === null) return app(call.scope, call.receive, call.send)
    const fields = this.#fields(verdict)
    return verdict.allowed
      ? app(call.scope, call.receive, addingSend(call.send, fields))
      : this.#refuse(call, fields, verdict)
  }

  #fields({ remaining, resetMs }: Verdict): readonly string[] {
    const left = `"${this.#name}";r=${remaining};t=${Math.ceil(resetMs / 1000)}`
    return ['ratelimit-policy', this.#policy, 'ratelimit', left]
  }

  async #refuse(call: Call, fields: readonly string[], { resetMs }: Verdict): Promise<void> {
    const seconds = Math.max(Math.ceil(resetMs / 1000), 1)
    const made = await this.#options.response?.(new ConnectionHead(call.scope), seconds)
    const response = made === undefined ? new PlainTextResponse('Too Many Requests', { status: 429 }) : toResponse(made)
    const send = addingSend(call.send, [...fields, 'retry-after', String(seconds)])
    await response.respond(call.scope, call.receive, send)
  }
}

function checkedKey(key: unknown): string | null {
  if (typeof key === 'string' || key === null) return key
  throw refusal(`the key of a request is ${show(key)}, expected a string, or null for no limit`)
}

const maxKeptLength = 64

/** What stands for a key in this process: a function may make long ones. */
function kept(key: string): string {
  return key.length > maxKeptLength ? digestOf(key) : key
}

function digestOf(key: string): string {
  return hash('sha256', key, 'base64url')
}

/** Adds fields to the head of an answer; with those of another limit they make one list. */
function addingSend(send: Send, fields: readonly string[]): Send {
  return (message) => {
    if (message.type === 'http.response.start') return send(startWith(message, withMoreFields(message.headers, fields)))
    if (message.type !== 'websocket.http.response.start') return send(message)
    return send({ ...message, headers: withMoreFields(message.headers, fields) })
  }
}

function idOf(user: object): string {
  const { id } = user as { readonly id?: unknown }
  if (typeof id === 'string' || typeof id === 'number') return String(id)
  throw new TypeError(`Cannot count the requests of a user: the id is ${show(id)}, expected a string or a number`)
}

function checkWhole(name: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) > 0) return
  throw new RangeError(`Cannot limit the rate: ${name} is ${show(value)}, expected a whole number above 0`)
}

function refusal(why: string): TypeError {
  return new TypeError(`Cannot limit the rate: ${why}`)
}
