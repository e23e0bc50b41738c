import type { ASGIApp } from 'stelline/spec'

/** Says how often it was called, without any part of the framework. */
export const app: ASGIApp = async (scope, receive, send) => {
  switch (scope.type) {
    case 'lifespan':
      await receive() // lifespan.startup
      scope.state['calls'] = { count: 0 }
      await send({ type: 'lifespan.startup.complete' })
      await receive() // lifespan.shutdown
      return send({ type: 'lifespan.shutdown.complete' })
    case 'http': {
      const calls = scope.state['calls'] as { count: number }
      calls.count += 1
      await send({ type: 'http.response.start', status: 200, headers: [['content-type', 'text/plain']] })
      return send({ type: 'http.response.body', body: `${scope.method} ${scope.path}: call ${calls.count}\n` })
    }
    default:
      throw new Error(`Cannot answer a scope of type "${scope.type}"`)
  }
}
