import { test } from 'tap'
import { runCommandLine } from '../../../lib/cli/command-line.ts'
import type { Environment } from '../../../lib/cli/options.ts'
import { routesCommand } from '../../../lib/cli/routes.ts'
import { fixture } from './cli-process.ts'

interface Told {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function routes(args: readonly string[], environment: Environment = {}): Promise<Told> {
  let stdout = ''
  let stderr = ''
  const end = await routesCommand(args, environment, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  })
  return { code: 'code' in end ? end.code : -1, stdout, stderr }
}

test('stelline routes: prints the table, what is below a mount or a host indented', async (t) => {
  t.strictSame(await routes([fixture('routing.ts')]), {
    code: 0,
    stdout: `METHODS    PATH                  NAME   KIND
GET, HEAD  /users/{id:int}       user   http
*          /any                  any    http
-          /chat                 chat   websocket
-          /admin                admin  mount
GET, HEAD    /                   home   http
-          /                     -      mount
-          {tenant}.example.org  -      host
GET, HEAD    /                   home   http
-          /v1                   -      include
POST         /orders             page   http
`,
    stderr: '',
  })
})

test('stelline routes: prints the table as JSON', async (t) => {
  const { stdout } = await routes([fixture('routing.ts'), '--json'])
  const rows = JSON.parse(stdout) as unknown[]
  t.strictSame(rows[0], {
    kind: 'http',
    path: '/users/{id:int}',
    name: 'user',
    methods: ['GET', 'HEAD'],
    params: ['id'],
    routes: null,
  })
  t.match(rows[3], { kind: 'mount', path: '/admin', name: 'admin', routes: [{ path: '/' }] })
  t.match(rows[4], { kind: 'mount', routes: null })
})

test('stelline routes: calls a factory', async (t) => {
  t.match(await routes([fixture('routing.ts:make'), '--factory']), { code: 0, stdout: '/made' })
  t.match(await routes([], { STELLINE_APP: fixture('routing.ts:make'), STELLINE_FACTORY: 'yes' }), { stdout: '/made' })
})

test('stelline routes: is a command of stelline', async (t) => {
  let stdout = ''
  const stream = { write: (text: string) => (stdout += text) }
  const world = { stdout: stream, stderr: stream, signals: process, exit: () => {} }
  t.strictSame(await runCommandLine(['routes', '--help'], {}, world), { code: 0 })
  t.match(stdout, 'Usage: stelline routes MODULE')
})

/** Command lines that cannot be carried out, the code, and what is told. */
const refused: readonly (readonly [args: readonly string[], environment: Environment, code: number, told: RegExp])[] = [
  [[], {}, 2, /Cannot print routes: expected one app/],
  [['a.ts', 'b.ts'], {}, 2, /Cannot print routes: expected one app/],
  [['--jsno', 'a.ts'], {}, 2, /--jsno[^]*"stelline routes --help" lists the options/],
  [['a.ts'], { STELLINE_FACTORY: 'perhaps' }, 2, /Cannot use STELLINE_FACTORY "perhaps": expected true or false/],
  [['no-such-file.ts'], {}, 3, /Cannot load no-such-file\.ts: there is no file/],
  [[fixture('routing.ts:make')], {}, 3, /Cannot print the routes of "make" of .*: it does not tell them/],
  [[fixture('routing.ts:fails'), '--factory'], {}, 3, /the factory "fails"[^]*Error: no database\n +at /],
]

for (const [args, environment, code, told] of refused) {
  test(`stelline routes: ${args.join(' ')} ends with ${code}`, async (t) => {
    const { stdout, stderr, code: ended } = await routes(args, environment)
    t.equal(ended, code)
    t.equal(stdout, '')
    t.match(stderr, told)
  })
}
