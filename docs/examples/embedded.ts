import { PlainTextResponse, Route } from 'stelline'
import { serve } from 'stelline/servers'

const app = new Route('/', () => new PlainTextResponse('Hello from within\n'))

const server = await serve(app, { port: 0, shutdownTimeoutMs: 2000 })
console.log(server.url)

// The library leaves signals to the program. A second one does not wait.
process.once('SIGTERM', () => {
  void server.close()
  process.once('SIGTERM', () => void server.close({ force: true }))
})

await server.closed
console.log('closed')
