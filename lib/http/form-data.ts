import type { UploadFile } from './upload-file.ts'

/** A value of a form: the text of a field, or a file. */
export type FormValue = string | UploadFile

/**
 * What a form holds: an immutable list of names and values in the order of the body, duplicates kept. Of a repeated name,
 * `get` returns the first value.
 */
export class FormData implements Iterable<readonly [name: string, value: FormValue]>, AsyncDisposable {
  readonly #pairs: readonly (readonly [string, FormValue])[]
  readonly #release: () => Promise<void>

  /** @param release Gives up the files of the form. */
  constructor(pairs: Iterable<readonly [string, FormValue]> = [], release: () => Promise<void> = async () => {}) {
    this.#pairs = [...pairs]
    this.#release = release
  }

  /** Returns the first value of a name, or `null` when it is absent. */
  get(name: string): FormValue | null {
    return this.#pairs.find(([candidate]) => candidate === name)?.[1] ?? null
  }

  /** Returns every value of a name, in order. */
  getAll(name: string): FormValue[] {
    return this.#pairs.filter(([candidate]) => candidate === name).map(([, value]) => value)
  }

  has(name: string): boolean {
    return this.#pairs.some(([candidate]) => candidate === name)
  }

  /** The names, a repeated one as often as it occurs. */
  keys(): IterableIterator<string> {
    return this.#pairs.map(([name]) => name).values()
  }

  values(): IterableIterator<FormValue> {
    return this.#pairs.map(([, value]) => value).values()
  }

  entries(): IterableIterator<readonly [name: string, value: FormValue]> {
    return this.#pairs.values()
  }

  [Symbol.iterator](): IterableIterator<readonly [name: string, value: FormValue]> {
    return this.entries()
  }

  /** How many values there are, those of repeated names counted. */
  get size(): number {
    return this.#pairs.length
  }

  /**
   * Gives up the files and removes their temporary files. It happens by itself once the answer has been sent; outside an
   * application and its routes, do it yourself: `await using form = await request.form()`.
   */
  close(): Promise<void> {
    return this.#release()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
