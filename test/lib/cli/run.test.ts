import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { connect } from 'node:net'
import { once } from 'node:events'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  // Not t.testdir(): the path of a socket must be short.
  const directory = mkdtempSync(join(tmpdir(), 's-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const socket = join(directory, 'socket')
  const cli = new CLIProcess(['run', fixture('plain.mjs'), '--uds', socket, '--no-access-log', '--log-level', 'silent'])
  await answerOver(socket, cli)
  await stop(cli)
  t.equal(cli.stdout + cli.stderr, '')
})

/** Asks over a Unix socket until somebody answers, or the process that should has ended. */
async function answerOver(socketPath: string, cli: CLIProcess): Promise<void> {
  while (cli.running) {
    const asked = request({ socketPath, path: '/' }).end()
    try {
      const [answer] = await once(asked, 'response')
      return void (answer as NodeJS.ReadableStream).resume()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  throw new Error(`the process ended without an answer: ${cli.stdout}${cli.stderr}`)
}

test('stelline run: refuses a Unix socket whose path is too long', async (t) => {
  const cli = new CLIProcess(['run', fixture('plain.mjs'), '--uds', `/tmp/${'a'.repeat(200)}`])
  t.strictSame(await cli.ended, { code: 2, signal: null })
  t.match(cli.stderr, /^Cannot use --uds "\/tmp\/a+": the path has 205 bytes, expected at most \d+/)
})

test('stelline run: listens on an inherited file descriptor', async (t) => {
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as AddressInfo
  const { fd } = (listener as Server & { _handle: { fd: number } })._handle // oxlint-disable-line no-underscore-dangle
  const cli = new CLIProcess(['run', fixture('plain.mjs'), '--fd', '3'], {}, { inherited: [fd] })
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
