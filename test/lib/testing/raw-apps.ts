import type { ASGIApp, Receive, Send } from '../../../lib/spec/app.ts'
import type { Content } from '../../../lib/spec/messages.ts'
import type { HTTPScope, LifespanScope, WebSocketScope } from '../../../lib/spec/scope.ts'

type Part<S> = (scope: S, receive: Receive, send: Send) => Promise<void>

/** Makes an app of its parts; it rejects every scope that it has no part for. */
export function app(parts: {
  http?: Part<HTTPScope>
  websocket?: Part<WebSocketScope>
  lifespan?: Part<LifespanScope>
}): ASGIApp {
  return async (scope, receive, send) => {
    const part = parts[scope.type] as Part<typeof scope> | undefined
    if (part === undefined) throw new Error(`The app does not know "${scope.type}"`)
    return part(scope, receive, send)
  }
}

/** What an answer is made of. */
export interface Answer {
  readonly status?: number
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: Content
}

/** Sends a whole answer. */
export async function answer(send: Send, { status = 200, headers = [], body = '' }: Answer = {}): Promise<void> {
  await send({ type: 'http.response.start', status, headers })
  await send({ type: 'http.response.body', body })
}

/** An app that gives the same answer to every request, or one for each scope. */
export function answering(given: Answer | ((scope: HTTPScope) => Answer)): ASGIApp {
  return app({ http: (scope, _receive, send) => answer(send, typeof given === 'function' ? given(scope) : given) })
}

/** Reads the body of a request to its end. */
export async function readBody(receive: Receive): Promise<string> {
  const chunks: Uint8Array[] = []
  for (;;) {
    const message = await receive()
    if (message.type !== 'http.request') throw new Error(`The body ended with "${message.type}"`)
    chunks.push(message.body ?? new Uint8Array(0))
    if (!message.more_body) return Buffer.concat(chunks).toString()
  }
}

/** An app that answers with what it sees of a request, as JSON. */
export const mirror: ASGIApp = app({
  async http(
    { method, scheme, path, raw_path, query_string, root_path, headers, client, server, http_version },
    receive,
    send,
  ) {
    const fields = [...headers]
    const body = await readBody(receive)
    const seen = {
      method,
      scheme,
      path,
      raw_path,
      query_string,
      root_path,
      client,
      server,
      http_version,
      headers: fields,
      body,
    }
    await answer(send, { headers: [['content-type', 'application/json']], body: JSON.stringify(seen) })
  },
})

/** What {@link mirror} answers. */
export interface Mirrored {
  readonly method: string
  readonly scheme: string
  readonly path: string
  readonly raw_path: string
  readonly query_string: string
  readonly root_path: string
  readonly client: unknown
  readonly server: unknown
  readonly http_version: string
  readonly headers: readonly [string, string][]
  readonly body: string
}

/** A promise that the test resolves when it is time for the app to go on. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open!: () => void
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}
