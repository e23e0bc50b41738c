import { createRequire } from 'node:module'
import { optionalPackage } from '../exceptions/optional-package.ts'
import { show } from '../spec/violations.ts'
import { entryTime } from './entry-time.ts'
import type { EntryOptions, Store } from './store.ts'

/** The part of a Redis client that is used. A client of the package `redis` is one; others take a line of code. */
export interface RedisCommands {
  /** Sends a command and resolves with its reply. */
  sendCommand(command: string[]): Promise<unknown>
}

/** Where a {@link RedisStore} keeps its entries: give `client` or `url`. */
export interface RedisStoreOptions {
  /** A client that is connected by its owner, who also closes it. */
  client?: RedisCommands
  /** For example `redis://user:password@host:6379/0`. The store connects on first use and again when it must. */
  url?: string
  /** Stands before every key. Default `stelline:`. */
  prefix?: string
}

/** The part of the package that is used. */
interface RedisModule {
  createClient(options: object): OwnClient
}
interface OwnClient extends RedisCommands {
  readonly isOpen: boolean
  on(event: 'error', listener: (error: unknown) => void): unknown
  connect(): Promise<unknown>
  destroy(): void
}

const require = createRequire(import.meta.url)

/** Counts on; the time is set only when the key is made. */
const incrementScript = `
if redis.call('EXISTS', KEYS[1]) == 0 and ARGV[2] ~= '' then
  redis.call('SET', KEYS[1], 0, 'PX', ARGV[2])
end
return redis.call('INCRBY', KEYS[1], ARGV[1])`

/** ARGV: '1' when a value is expected, that value, the new one, the time. */
const replaceScript = `
local current = redis.call('GET', KEYS[1])
if ARGV[1] == '1' then
  if current ~= ARGV[2] then return 0 end
elseif current then
  return 0
end
if ARGV[4] == '' then redis.call('SET', KEYS[1], ARGV[3])
else redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4]) end
return 1`

/**
 * A {@link Store} in Redis 6 or later, or a server that speaks like it. While the server cannot be reached its methods
 * reject at once, instead of waiting for it.
 *
 * @throws {@link MissingPackage} for a `url` when the package `redis` is not installed.
 */
export class RedisStore implements Store {
  readonly #prefix: string
  readonly #commands: RedisCommands
  readonly #own: OwnClient | null
  #connecting: Promise<unknown> | null = null
  #connected = false

  /** @throws TypeError unless there is either a client or a URL. */
  constructor({ client, url, prefix = 'stelline:' }: RedisStoreOptions) {
    if ((client === undefined) === (url === undefined)) {
      throw new TypeError('Cannot make a RedisStore: expected either "client" or "url"')
    }
    if (client !== undefined && typeof client.sendCommand !== 'function') {
      throw new TypeError(
        `Cannot make a RedisStore: the client is ${show(client)}, expected one with "sendCommand"; for another package write { sendCommand: ([name, ...rest]) => client.call(name, ...rest) }`,
      )
    }
    this.#prefix = prefix
    this.#own = url === undefined ? null : this.#makeClient(url)
    this.#commands = client ?? this.#own!
  }

  async get(key: string): Promise<string | null> {
    return (await this.#send('GET', this.#prefix + key)) as string | null
  }

  async set(key: string, value: string, options: EntryOptions = {}): Promise<void> {
    const ttlMs = entryTime(key, options)
    await this.#send('SET', this.#prefix + key, value, ...(ttlMs === null ? [] : ['PX', String(ttlMs)]))
  }

  async delete(key: string): Promise<boolean> {
    return Number(await this.#send('DEL', this.#prefix + key)) === 1
  }

  async increment(key: string, by = 1, options: EntryOptions = {}): Promise<number> {
    const ttlMs = entryTime(key, options)
    return Number(await this.#script(incrementScript, key, [String(by), String(ttlMs ?? '')]))
  }

  async replace(key: string, expected: string | null, value: string, options: EntryOptions = {}): Promise<boolean> {
    const ttlMs = entryTime(key, options)
    const values = [expected === null ? '0' : '1', expected ?? '', value, String(ttlMs ?? '')]
    return Number(await this.#script(replaceScript, key, values)) === 1
  }

  /** Closes the connection, if the store has made it; a client that was given stays open. */
  async close(): Promise<void> {
    await this.#connecting?.catch(() => {})
    if (this.#own?.isOpen === true) this.#own.destroy()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #script(script: string, key: string, values: readonly string[]): Promise<unknown> {
    return this.#send('EVAL', script, '1', this.#prefix + key, ...values)
  }

  async #send(...command: string[]): Promise<unknown> {
    if (this.#own !== null && (!this.#own.isOpen || this.#connecting !== null)) await this.#connect(this.#own)
    return this.#commands.sendCommand(command)
  }

  /** All commands that come first wait for one connection. */
  async #connect(own: OwnClient): Promise<void> {
    this.#connecting ??= own.connect()
    try {
      await this.#connecting
      this.#connected = true
    } finally {
      this.#connecting = null
    }
  }

  #makeClient(url: string): OwnClient {
    const redis = optionalPackage('keep entries in Redis', 'redis', () => require('redis') as RedisModule)
    // A first connection fails at once; one that is lost is made again in the background.
    const reconnectStrategy = (retries: number): number | false =>
      this.#connected ? Math.min(50 * 2 ** retries, 2000) : false
    const client = redis.createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy } })
    // The package insists on a listener. The commands fail, too, and tell who waits for them.
    client.on('error', () => {})
    return client
  }
}
