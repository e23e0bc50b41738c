import { Response } from './response.ts'
import type { BodyKind, ResponseBody, ResponseOptions } from './response.ts'

const plainText: BodyKind = { contentType: 'text/plain; charset=utf-8', streamed: false }

/** A response of `text/plain` in UTF-8. */
export class PlainTextResponse extends Response {
  constructor(body: ResponseBody = null, options?: ResponseOptions) {
    super(body, options, plainText)
  }
}
