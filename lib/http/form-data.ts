import { MultiMap } from './multi-map.ts'
import type { MultiMapInit } from './multi-map.ts'
import type { UploadFile } from './upload-file.ts'

/** A value of a form: the text of a field, or a file. */
export type FormValue = string | UploadFile

/**
 * What a form holds: an immutable list of names and values in the order of the body, duplicates kept. Of a repeated name,
 * `get` returns the first value.
 */
export class FormData extends MultiMap<FormValue> implements AsyncDisposable {
  readonly #release: () => Promise<void>

  /** @param release Gives up the files of the form. */
  constructor(pairs: MultiMapInit<FormValue> = [], release: () => Promise<void> = async () => {}) {
    super(pairs)
    this.#release = release
  }

  /**
   * Gives up the files and removes their temporary files. It happens by itself once the answer has been sent; outside an
   * application and its routes, do it yourself: `await using form = await request.form()`.
   */
  close(): Promise<void> {
    return this.#release()
  }

  /** {@link FormData.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
