import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { test } from 'tap'
import { CLIProcess, fixture } from './cli-process.ts'

/** Command lines that cannot start, and what is said on stderr; a stack stands only for the app's own errors. */
const failures: readonly (readonly [what: string, command: string, message: RegExp, hasStack: boolean])[] = [
  ['a missing module', 'missing.ts', /^error: Cannot load \S+missing.ts: there is no file \S+missing.ts\n$/, false],
  ['a wrong export', 'hello.ts:api', /^error: Cannot find the app: \S+hello.ts exports .*\n$/, false],
  ['a module that throws', 'throws.mjs', /^error: Cannot load \S+throws.mjs.*\nError: out of order at import\n/, true],
  ['a failing start-up', 'lifespan.ts:noDatabase', /^error: The app failed at start-up: no database\n$/, false],
  [
    'a start-up that throws',
    'lifespan.ts:throwing --lifespan on',
    /^error: The app failed at start-up: .*\nError: start-up is out of order\n/,
    true,
  ],
  [
    'an address of another machine',
    'plain.mjs --host 192.0.2.1',
    /error: Cannot listen on 192.0.2.1 port 0: .*\n$/,
    false,
  ],
]

for (const [what, command, message, hasStack] of failures) {
  test(`stelline run: exits with 3 for ${what}`, async (t) => {
    const cli = new CLIProcess(['run', ...fixture(command).split(' '), '--port', '0'])
    t.strictSame(await cli.ended, { code: 3, signal: null })
    t.match(cli.stderr, message)
    t.equal(/\n +at /.test(cli.stderr), hasStack)
  })
}

for (const name of ['broken.mjs', 'broken.ts']) {
  test(`stelline run: exits with 3 for a syntax error in ${name}, and shows where it is`, async (t) => {
    const directory = t.testdir({ [name]: 'export const app = (\n' })
    const cli = new CLIProcess(['run', `${directory}/${name}`, '--port', '0'])
    t.strictSame(await cli.ended, { code: 3, signal: null })
    t.match(cli.stderr, /^error: Cannot load \S+: it failed while it was imported\n/)
    t.match(cli.stderr, new RegExp(`${name}:[12]`))
  })
}

test('stelline run: exits with 3 for a syntax error in what a module imports', async (t) => {
  const directory = t.testdir({ 'app.mjs': "import './broken.mjs'\n", 'broken.mjs': 'export const = 1\n' })
  const cli = new CLIProcess(['run', `${directory}/app.mjs`, '--port', '0'])
  t.strictSame(await cli.ended, { code: 3, signal: null })
  t.match(cli.stderr, /^error: Cannot load \S+: it failed while it was imported\nSyntaxError: /)
})

test('stelline run: exits with 3 when the port is in use', async (t) => {
  const listener = createServer((socket: Socket) => socket.destroy()).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  const cli = new CLIProcess(['run', fixture('plain.mjs'), '--port', String(port)])
  t.strictSame(await cli.ended, { code: 3, signal: null })
  t.match(cli.stderr, `error: Cannot listen on 127.0.0.1 port ${port}: the address is in use by another process\n`)
  listener.close()
})
