import { Application, PlainTextResponse } from 'stelline'
import type { Middleware } from 'stelline'
import { authentication, bearerAuth, bodyLimit, cacheControl, csrf, health, originCheck } from 'stelline/middleware'
import { proxyHeaders, requestId, sessions, trustedHost } from 'stelline/middleware'
import { serve } from 'stelline/servers'
import { text } from '../cases.ts'

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

/** Starts an application with ten built-ins that let everything pass, for the case `ten`, else with none. */
export async function start(caseId: string): Promise<number> {
  const app = new Application({ middleware: caseId === 'ten' ? ten : [] })
  app.get('/', () => new PlainTextResponse(text))
  const server = await serve(app, { port: 0, log: { info() {}, warn() {}, error() {} } })
  return Number(new URL(server.url).port)
}
