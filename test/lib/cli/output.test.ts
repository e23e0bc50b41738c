import { closeSync, existsSync, openSync } from 'node:fs'
import { EventEmitter } from 'node:events'
import { test } from 'tap'
import { Output } from '../../../lib/cli/output.ts'
import type { OutputStream } from '../../../lib/cli/output.ts'
import { CLIProcess, fixture } from './cli-process.ts'

/** A stream that takes everything, or fails as the system does: the callback hears of it before the event. */
class Sink extends EventEmitter {
  text = ''
  readonly #failure: NodeJS.ErrnoException | null

  constructor(code: string | null = null) {
    super()
    this.#failure = code === null ? null : Object.assign(new Error(`${code}: it failed`), { code })
  }

  write(text: string, done?: (error?: Error | null) => void): boolean {
    if (this.#failure === null) this.text += text
    else setImmediate(() => this.emit('error', this.#failure))
    setImmediate(() => done?.(this.#failure))
    return true
  }
}

const streamOf = (sink: Sink): OutputStream => sink as unknown as OutputStream

test('Output: writes to the stream, also when that is diverted', async (t) => {
  const [sink, other] = [new Sink(), new Sink()]
  const output = new Output(streamOf(sink))
  output.divert(streamOf(other))
  sink.write('from elsewhere')
  output.write('told')
  t.equal(await output.finish(), null)
  t.strictSame([sink.text, other.text], ['told', 'from elsewhere'])
})

test('Output: a write that fails is told, and does not end the process', async (t) => {
  const output = new Output(streamOf(new Sink('ENOSPC')))
  output.write('a')
  output.write('b')
  t.match(await output.finish(), { message: 'ENOSPC: it failed' })
})

test('Output: a failure of the stream itself is told', async (t) => {
  const sink = new Sink()
  const output = new Output(streamOf(sink))
  output.write('a')
  sink.emit('error', new Error('lost'))
  t.match(await output.finish(), { message: 'lost' })
})

test('Output: that nothing could be written at the end is told', async (t) => {
  t.match(await new Output(streamOf(new Sink('EIO'))).finish(), { code: 'EIO' })
})

test('Output: a reader that left is no failure', async (t) => {
  const output = new Output(streamOf(new Sink('EPIPE')))
  output.write('a')
  t.equal(await output.finish(), null)
})

test('stelline openapi: what the app writes goes to stderr', async (t) => {
  const cli = new CLIProcess(['openapi', fixture('prints.ts')])
  t.strictSame(await cli.ended, { code: 0, signal: null })
  t.match(JSON.parse(cli.stdout), { paths: { '/items': { get: { operationId: '/items' } } } })
  t.match(cli.stderr, /^connecting\nraw\n[^]*naming\n/)
})

test('stelline routes: what the app writes goes to stderr', async (t) => {
  const cli = new CLIProcess(['routes', fixture('prints.ts')])
  t.strictSame(await cli.ended, { code: 0, signal: null })
  t.match(cli.stdout, /^METHODS +PATH/)
  t.notMatch(cli.stdout, 'connecting')
})

test('stelline openapi: a reader that left early ends it quietly', async (t) => {
  const cli = new CLIProcess(['openapi', fixture('prints.ts:many')])
  cli.closeStdout()
  t.strictSame(await cli.ended, { code: 0, signal: null })
  t.notMatch(cli.stderr, /EPIPE|Error/)
})

// A device that is always full; not every system has it.
if (existsSync('/dev/full')) {
  for (const args of [['openapi', fixture('prints.ts:many')], ['routes', fixture('prints.ts')], ['--version']]) {
    test(`stelline ${args[0]!}: a text that could not be written is a failure`, async (t) => {
      const full = openSync('/dev/full', 'w')
      const cli = new CLIProcess(args, {}, { stdout: full })
      t.strictSame(await cli.ended, { code: 1, signal: null })
      closeSync(full)
      t.match(cli.stderr, 'Cannot write to stdout: ENOSPC')
    })
  }
}
