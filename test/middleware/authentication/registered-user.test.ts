import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'
import type { Test } from 'tap'
import getExePath from '../../../node_modules/typescript/lib/getExePath.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** A program of its own: what is registered holds for all of it. Each mark stands for an error that there must be. */
const program = `
import { Application, JSONResponse } from 'stelline'
import type { Request, WebSocket } from 'stelline'
import { authentication, basicAuth, bearerAuth, sessionAuth, sessions } from 'stelline/middleware'

declare module 'stelline' {
  interface Registered {
    user: { id: number; name: string }
    session: { visits: number; cart: string[] }
  }
}

const basic = basicAuth({ verify: (name) => ({ user: { id: 1, name }, scopes: ['read'] }) })
const later = bearerAuth({ verify: async () => ({ user: { id: 1, name: 'robot' } }) })
const noted = sessionAuth({ load: (id) => ({ user: { id: Number(id), name: 'ada' } }) })
// @ts-expect-error: the user has no name
bearerAuth({ verify: () => ({ user: { id: 1 } }) })

export const app = new Application({
  middleware: [sessions({ keys: 'a key of at least thirty-two bytes' }), authentication({ backends: [basic, later, noted] })],
})

function read({ user, session }: Request | WebSocket): string | undefined {
  const visits: number | undefined = session.get('visits')
  session.set('visits', (visits ?? 0) + 1)
  session.get('cart')?.push('tea')
  // @ts-expect-error: the cart holds texts
  session.get('cart')?.push(1)
  // @ts-expect-error: visits are counted
  session.set('visits', 'one')
  // @ts-expect-error: there is no such value
  session.get('other')
  // @ts-expect-error: nobody may be known
  user.name
  // @ts-expect-error: users have no such property
  user?.email
  return user?.name
}

app.get('/', (request) => new JSONResponse([read(request), request.user?.id.toFixed(0)]))
app.websocket('/', async (websocket) => {
  await websocket.accept()
  await websocket.sendJson([read(websocket), websocket.user?.id])
})
`

/** Compiles the program and returns what is said of it. The sources of the package are not compiled by those who use it. */
function errorsOf(t: Test, text: string): string[] {
  const configuration = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { isolatedDeclarations: false, declaration: false, noUnusedLocals: false },
    include: ['program.ts'],
    exclude: [],
  }
  const directory = t.testdir({ 'program.ts': text, 'tsconfig.json': JSON.stringify(configuration) })
  const { stdout } = spawnSync(getExePath(), ['-p', directory, '--pretty', 'false'], { encoding: 'utf8' })
  return stdout.split('\n').filter((line) => line.includes('program.ts'))
}

const unhurried = { timeout: 120_000 }

test('Registered: requests, sockets, sessions and backends have the types of the app', unhurried, async (t) => {
  t.strictSame(errorsOf(t, program), [])
})

test('Registered: what is not of these types is an error', unhurried, async (t) => {
  const errors = errorsOf(t, program.replace("session.get('cart')?.push('tea')", "session.get('cart')?.push(2)"))
  t.match(errors, [/program\.ts\(\d+,\d+\): error TS2345/])
})
