import type { Middleware } from '../../lib/spec/app.ts'

/** Makes a middleware that adds a field `x-tag` with this value to every response. */
export function tagging(tag: string): Middleware {
  return (app) => (scope, receive, send) =>
    app(scope, receive, (message) =>
      message.type === 'http.response.start'
        ? send({ ...message, headers: [...(message.headers ?? []), ['x-tag', tag]] })
        : send(message),
    )
}
