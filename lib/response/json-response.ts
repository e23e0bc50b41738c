import { jsonText } from '../request/json-text.ts'
import { Response } from './response.ts'
import type { BodyKind, ResponseOptions } from './response.ts'

const json: BodyKind = { contentType: 'application/json', streamed: false }

/**
 * A response of `application/json`: the content as `JSON.stringify` writes it, so `toJSON` methods are called and `NaN`
 * and the infinities become `null`.
 *
 * @throws TypeError for content that JSON cannot hold: `undefined`, a function, a symbol, a BigInt or a circular object; and for
 * a promise.
 */
export class JSONResponse extends Response {
  constructor(content: unknown, options?: ResponseOptions) {
    super(jsonText(content, attempt), options, json)
  }
}

const attempt = (shown: string): string => `Cannot make a JSONResponse of ${shown}`
