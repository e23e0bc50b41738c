import { HTMLResponse } from '../response/html-response.ts'
import type { ResponseOptions } from '../response/response.ts'
import { StreamingResponse } from '../response/streaming-response.ts'
import type { Send } from '../spec/app.ts'
import type { HTTPScope, WebSocketScope } from '../spec/scope.ts'
import type { TemplateContext } from './template-engine.ts'

/** What a response was rendered from. A test client shows it as `response.debug`. */
export interface Rendering {
  /** The name of the template, or the names of the templates. */
  readonly template: string | readonly string[]
  readonly context: TemplateContext
}

/** A rendered template. */
export class TemplateResponse extends HTMLResponse {
  readonly rendering: Rendering

  constructor(text: string, rendering: Rendering, options?: ResponseOptions) {
    super(text, options)
    this.rendering = rendering
  }

  protected override async deliver(scope: HTTPScope | WebSocketScope, send: Send): Promise<void> {
    await sendRendering(this.rendering, scope, send)
    await super.deliver(scope, send)
  }
}

/** Templates that are rendered while they are sent. */
export class TemplateStreamResponse extends StreamingResponse {
  readonly rendering: Rendering

  constructor(pieces: AsyncIterable<string>, rendering: Rendering, options?: ResponseOptions) {
    super(pieces, options, { contentType: 'text/html; charset=utf-8', streamed: true })
    this.rendering = rendering
  }

  protected override async deliver(scope: HTTPScope | WebSocketScope, send: Send): Promise<void> {
    await sendRendering(this.rendering, scope, send)
    await super.deliver(scope, send)
  }
}

/** @see https://asgi.readthedocs.io/en/latest/extensions.html#debug */
async function sendRendering(info: Rendering, scope: HTTPScope | WebSocketScope, send: Send): Promise<void> {
  if (scope.type !== 'http' || scope.extensions?.['http.response.debug'] === undefined) return
  await send({ type: 'http.response.debug', info })
}
