import { Application, JSONResponse } from 'stelline'
import type { Middleware } from 'stelline'
import { Headers, parseForwardedList, parseForwardedNode } from 'stelline/http'

/** Takes the client's address and scheme from a proxy, when the connection comes from one of these addresses. */
function trustProxy(addresses: readonly string[]): Middleware {
  const trusted = new Set(addresses)
  return (app) => (scope, receive, send) => {
    if (scope.type === 'lifespan' || !scope.client || !trusted.has(scope.client[0])) return app(scope, receive, send)
    const headers = Headers.from(scope.headers)
    // The last address is the one that the proxy itself has seen; those before it are the client's own words.
    const client = parseForwardedNode(parseForwardedList(headers.get('x-forwarded-for') ?? '').at(-1) ?? '')
    if (client !== null) scope.client = [client.host, client.port ?? 0]
    if (headers.get('x-forwarded-proto') === 'https') scope.scheme = scope.type === 'http' ? 'https' : 'wss'
    return app(scope, receive, send)
  }
}

const app = new Application({ middleware: [trustProxy(['127.0.0.1'])] })

app.get('/', ({ client, url }) => new JSONResponse({ client: client?.host ?? null, url }))

export default app
