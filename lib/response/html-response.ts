import { Response } from './response.ts'
import type { BodyKind, ResponseBody, ResponseOptions } from './response.ts'

const html: BodyKind = { contentType: 'text/html; charset=utf-8', streamed: false }

/** A response of `text/html` in UTF-8. The markup goes out as it is: escape what comes from users. */
export class HTMLResponse extends Response {
  constructor(body: ResponseBody = null, options?: ResponseOptions) {
    super(body, options, html)
  }
}
