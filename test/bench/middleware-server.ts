import { Application, PlainTextResponse } from 'stelline'
import type { Middleware } from 'stelline'
import { authentication, bearerAuth, bodyLimit, cacheControl, csrf, health, originCheck } from 'stelline/middleware'
import { proxyHeaders, requestId, sessions, trustedHost } from 'stelline/middleware'
import { serve } from 'stelline/servers'

/*
 * An application in a process of its own, with ten built-ins when its argument is `ten`, else with none. It tells its parent
 * the port, and answers each message with the microseconds of the processor that it has used itself: what the system does for
 * it, to send the same bytes, depends on what else the machine does.
 */

const ten: readonly Middleware[] = [
  proxyHeaders({ trusted: ['10.0.0.0/8'] }),
  requestId(),
  trustedHost({ allowedHosts: ['127.0.0.1'] }),
  health(),
  originCheck(),
  csrf(),
  bodyLimit({ maxBytes: 1_000_000 }),
  sessions({ keys: 'a key of at least thirty-two bytes' }),
  authentication({ backends: [bearerAuth({ verify: () => null })] }),
  cacheControl(),
]

const app = new Application({ middleware: process.argv[2] === 'ten' ? ten : [] })
app.get('/', () => new PlainTextResponse('Hello, world!'))
const server = await serve(app, { port: 0, log: { info() {}, warn() {}, error() {} } })
process.on('disconnect', () => process.exit())
process.on('message', () => {
  process.send!(process.cpuUsage().user)
})
process.send!(Number(new URL(server.url).port))
