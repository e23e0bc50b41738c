import { Headers } from '../../http/headers.ts'
import type { HeaderPair } from '../../spec/headers.ts'

/**
 * The fields of a Fetch `Request`. They are copied when one is first looked at: many answers need none. A body whose length
 * nobody has told is announced as HTTP/1.1 does it, for those who ask the fields whether there is one.
 */
export class FetchHeaders extends Headers {
  readonly #request: Request
  readonly #authority: string
  #copied: Headers | null = null

  /** @param authority Stands for a `host` field where there is none, as in a request that was made by hand. */
  constructor(request: Request, authority: string) {
    super()
    this.#request = request
    this.#authority = authority
  }

  override get(name: string): string | null {
    return this.#fields.get(name)
  }

  override getAll(name: string): string[] {
    return this.#fields.getAll(name)
  }

  override has(name: string): boolean {
    return this.#fields.has(name)
  }

  override keys(): Generator<string, void, undefined> {
    return this.#fields.keys()
  }

  override values(): Generator<string, void, undefined> {
    return this.#fields.values()
  }

  override entries(): Generator<HeaderPair, void, undefined> {
    return this.#fields.entries()
  }

  override get size(): number {
    return this.#fields.size
  }

  override get flat(): readonly string[] {
    return this.#fields.flat
  }

  get #fields(): Headers {
    return (this.#copied ??= Headers.fromFlat(this.#copy()))
  }

  #copy(): string[] {
    const request = this.#request
    const flat: string[] = []
    let hasHost = false
    let isFramed = false
    request.headers.forEach((value, name) => {
      if (name === 'host') hasHost = true
      if (name === 'content-length' || name === 'transfer-encoding') isFramed = true
      flat.push(name, value)
    })
    if (!hasHost) flat.unshift('host', this.#authority)
    if (!isFramed && request.body !== null) flat.push('transfer-encoding', 'chunked')
    return flat
  }
}
