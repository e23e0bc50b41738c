import type { AnySchema } from '../endpoint/validation/schema.ts'
import { InvalidAnswer } from './invalid-answer.ts'
import { issuesOfJSON } from './json-check.ts'

/** Makes a value of JSON, and checks it when there is a schema. The value stays what JSON has made of it. */
export class ItemReader {
  readonly #what: string
  readonly #schema: AnySchema | null

  /** @param what What the items are, for the message of an error. */
  constructor(what: string, schema: AnySchema | null) {
    this.#what = what
    this.#schema = schema
  }

  /** @throws InvalidAnswer for text that is not JSON, and for a value that the schema finds wrong. */
  async read(text: string): Promise<unknown> {
    const value = this.#parsed(text)
    await this.check(value)
    return value
  }

  /** @throws InvalidAnswer for a value that the schema finds wrong. */
  async check(value: unknown): Promise<void> {
    const issues = this.#schema === null ? null : await issuesOfJSON(this.#schema, value)
    if (issues !== null) throw InvalidAnswer.of(this.#what, issues)
  }

  #parsed(text: string): unknown {
    try {
      return JSON.parse(text) as unknown
    } catch (cause) {
      throw new InvalidAnswer(this.#what, { why: 'it is not valid JSON', cause })
    }
  }
}
