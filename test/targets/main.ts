import { serve } from 'stelline/servers'
import type { ServeOptions } from 'stelline/servers'
import type { ASGIApp } from 'stelline/spec'
import { echo } from './echo.ts'
import { forms } from './forms.ts'
import { garden } from './garden.ts'
import { program } from './program.ts'
import { websocketEcho } from './websocket-echo.ts'

/** What one mode serves, and how. */
interface Target {
  readonly app: ASGIApp
  readonly options?: ServeOptions
}

/** Small apps, written with the public API only, for suites of cases that drive a server from outside. */
const targets: Readonly<Record<string, Target>> = {
  asgi: { app: program },
  echo: { app: echo },
  forms: { app: forms },
  garden: { app: garden },
  wsecho: { app: websocketEcho, options: { websocket: { compression: true } } },
}

const [mode = '', port = '8000'] = process.argv.slice(2)
const target = Object.hasOwn(targets, mode) ? targets[mode] : undefined
if (target === undefined) {
  console.error(`Cannot start target "${mode}": expected one of ${Object.keys(targets).join(', ')}`)
  process.exit(2)
}
const server = await serve(target.app, { ...target.options, port: Number(port) })
console.log(`${mode} on ${server.url}`)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close())
