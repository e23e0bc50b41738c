import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { connect } from 'node:net'
import { once } from 'node:events'
import { request } from 'node:http'
import { test } from 'tap'
import { WebSocket } from 'ws'
import { CLIProcess, fixture } from './cli-process.ts'

const stop = async (cli: CLIProcess): Promise<void> => {
  cli.kill('SIGTERM')
  await cli.ended
}

test('stelline run: serves an app and prints its URL', async (t) => {
  const { cli, url } = await CLIProcess.serve('hello.ts')
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
  const answer = await fetch(`${url}/path`)
  t.equal(await answer.text(), ' /path')
  await stop(cli)
})

test('stelline run: wires the options of the server', async (t) => {
  const args = ['--no-date-header', '--server-header', 'stars', '--header', 'x-a: b', '--root-path', '/api']
  const { cli, url } = await CLIProcess.serve('hello.ts:make', [...args, '--factory'])
  const answer = await fetch(`${url}/path`)
  t.equal(answer.headers.get('date'), null)
  t.equal(answer.headers.get('server'), 'stars')
  t.equal(answer.headers.get('x-a'), 'b')
  t.equal(await answer.text(), '/api /api/path')
  await stop(cli)
})

test('stelline run: takes options from the environment', async (t) => {
  const cli = new CLIProcess(['run'], {
    STELLINE_APP: fixture('plain.mjs'),
    STELLINE_PORT: '0',
    STELLINE_HEADER: 'x-a: b',
  })
  const answer = await fetch(await cli.listening())
  t.equal(answer.headers.get('x-a'), 'b')
  await stop(cli)
})

test('stelline run: writes a line for each request to stdout', async (t) => {
  const { cli, url } = await CLIProcess.serve('hello.ts')
  await (await fetch(`${url}/a?b`)).text()
  const [line] = await cli.waitFor('stdout', /.*\n/)
  t.match(line, /^127\.0\.0\.1:\d+ - "GET \/a\?b HTTP\/1\.1" 200 \d+ms\n$/)
  await stop(cli)
})

test('stelline run: writes a line for each WebSocket', async (t) => {
  const { cli, url } = await CLIProcess.serve('echo-socket.ts')
  await once(new WebSocket(url.replace('http', 'ws')), 'close')
  const [line] = await cli.waitFor('stdout', /.*\n/)
  t.match(line, /^127\.0\.0\.1:\d+ - "WEBSOCKET \/ HTTP\/1\.1" 101 \d+ms\n$/)
  await stop(cli)
})

test('stelline run: lets nobody forge a line of the access log', async (t) => {
  const { cli, url } = await CLIProcess.serve('hello.ts')
  const { port } = new URL(url)
  const target = '/"\x9b2J\x80%0a'
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(Buffer.from(`GET ${target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`, 'latin1'))
  await once(socket.resume(), 'close')
  await (await fetch(`${url}/last`)).text()
  await cli.waitFor('stdout', /last/)
  t.match(cli.stdout, /^[\x20-\x7e\n]*$/)
  t.equal(cli.stdout.split('\n').filter((line) => line !== '').length <= 2, true)
  await stop(cli)
})

test('stelline run: is quiet when it is told to', async (t) => {
  const socket = `${t.testdir({})}/socket`
  const cli = new CLIProcess(['run', fixture('plain.mjs'), '--uds', socket, '--no-access-log', '--log-level', 'silent'])
  await answerOver(socket)
  await stop(cli)
  t.equal(cli.stdout + cli.stderr, '')
})

/** Asks over a Unix socket until somebody answers. */
async function answerOver(socketPath: string): Promise<void> {
  for (;;) {
    const asked = request({ socketPath, path: '/' }).end()
    try {
      const [answer] = await once(asked, 'response')
      return void (answer as NodeJS.ReadableStream).resume()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}

test('stelline run: listens on an inherited file descriptor', async (t) => {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  const { fd } = (listener as Server & { _handle: { fd: number } })._handle // oxlint-disable-line no-underscore-dangle
  const cli = new CLIProcess(['run', fixture('plain.mjs'), '--fd', '3'], {}, [fd])
  await cli.listening()
  listener.close()
  t.equal(await (await fetch(`http://127.0.0.1:${port}/`)).text(), 'plain')
  await stop(cli)
})

test('stelline run: ends by the signal that stopped it', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { cli } = await CLIProcess.serve('lifespan.ts:goodbye')
    cli.kill(signal)
    t.strictSame(await cli.ended, { code: null, signal })
    t.equal(cli.stdout, 'goodbye\n')
  }
})

test('stelline run: lets requests finish at the first signal', async (t) => {
  const { cli, url } = await CLIProcess.serve('slow.ts')
  const answer = await fetch(`${url}/finish`)
  cli.kill('SIGTERM')
  t.equal(await answer.text(), 'begun, finished')
  t.match(await cli.ended, { signal: 'SIGTERM' })
})

test('stelline run: cuts requests at the second signal', async (t) => {
  const { cli, url } = await CLIProcess.serve('slow.ts')
  const answer = await fetch(`${url}/forever`)
  cli.kill('SIGTERM')
  await cli.waitFor('stderr', /waiting for 1 open/)
  cli.kill('SIGINT')
  await t.rejects(answer.text())
  t.match(await cli.ended, { signal: 'SIGINT' })
})

test('stelline run: stops after start-up when a signal comes during it', async (t) => {
  const cli = new CLIProcess(['run', fixture('lifespan.ts:slowStart'), '--port', '0'])
  await cli.waitFor('stdout', /starting/)
  cli.kill('SIGTERM')
  t.match(await cli.ended, { signal: 'SIGTERM' })
  t.match(cli.stdout, 'goodbye')
})

test('stelline run: ends at once at the second signal during start-up', async (t) => {
  const cli = new CLIProcess(['run', fixture('lifespan.ts:stuck'), '--port', '0'])
  await cli.waitFor('stdout', /starting/)
  cli.kill('SIGTERM')
  await cli.waitFor('stderr', /Stopping after start-up/)
  cli.kill('SIGTERM')
  t.strictSame(await cli.ended, { code: 143, signal: null })
})

test('stelline run: ends at once at the third signal', async (t) => {
  const { cli } = await CLIProcess.serve('lifespan.ts:stuckShutdown')
  cli.kill('SIGTERM')
  await cli.waitFor('stderr', /Stopping: waiting/)
  cli.kill('SIGTERM')
  await cli.waitFor('stderr', /Stopping at once/)
  cli.kill('SIGINT')
  t.strictSame(await cli.ended, { code: 130, signal: null })
})

test('stelline run: exits with 1 when the app fails to stop', async (t) => {
  const { cli } = await CLIProcess.serve('lifespan.ts:failingShutdown')
  cli.kill('SIGTERM')
  t.strictSame(await cli.ended, { code: 1, signal: null })
  t.match(cli.stderr, 'error: The app failed at shutdown: the queue is not empty\n')
})

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

test('stelline --version: prints the version of the package', async (t) => {
  const cli = new CLIProcess(['--version'])
  t.strictSame(await cli.ended, { code: 0, signal: null })
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  t.equal(cli.stdout, `stelline ${version} (node ${process.versions.node})\n`)
})

const texts: readonly (readonly [args: readonly string[], code: number, stdout: RegExp, stderr: RegExp])[] = [
  [['-v'], 0, /^stelline \d/, /^$/],
  [['-h'], 0, /^Usage: stelline COMMAND\n/, /^$/],
  [['--help'], 0, /^Usage: stelline COMMAND\n/, /^$/],
  [['run', '--help'], 0, /--max-header-bytes BYTES +bytes .*\(default 16384\)\n/, /^$/],
  [[], 2, /^$/, /^Usage: stelline COMMAND\n/],
  [['walk'], 2, /^$/, /^Cannot carry out "walk": expected run, --help or --version\n$/],
  [['run', 'app.ts', '--port', 'x'], 2, /^$/, /^Cannot use --port "x": expected a port, 0 to 65535\n/],
]

for (const [args, code, stdout, stderr] of texts) {
  test(`stelline ${args.join(' ')}: exits with ${code}`, async (t) => {
    const cli = new CLIProcess(args)
    t.strictSame(await cli.ended, { code, signal: null })
    t.match(cli.stdout, stdout)
    t.match(cli.stderr, stderr)
  })
}
