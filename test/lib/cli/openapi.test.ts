import { test } from 'tap'
import { runCommandLine } from '../../../lib/cli/command-line.ts'
import { openapiCommand } from '../../../lib/cli/openapi.ts'
import type { Environment } from '../../../lib/cli/options.ts'
import { routesCommand } from '../../../lib/cli/routes.ts'
import { CLIProcess, fixture } from './cli-process.ts'

interface Told {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function print(args: readonly string[], environment: Environment = {}): Promise<Told> {
  let stdout = ''
  let stderr = ''
  const end = await openapiCommand(args, environment, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
  })
  return { code: 'code' in end ? end.code : -1, stdout, stderr }
}

test('stelline openapi: prints the document, and nothing else', async (t) => {
  const { code, stdout, stderr } = await print([fixture('described.ts')])
  t.equal(code, 0)
  t.equal(stderr, '')
  t.ok(stdout.startsWith('{\n  "openapi": "3.1.1",\n') && stdout.endsWith('}\n'))
  t.match(JSON.parse(stdout), { info: { title: 'Described', version: '2.0.0' }, paths: { '/items': {} } })
})

test('stelline openapi: calls a factory', async (t) => {
  const { stdout } = await print([fixture('described.ts:make'), '--factory'])
  t.match(JSON.parse(stdout), { info: { title: 'Made' } })
})

test('stelline openapi: is a command of stelline', async (t) => {
  let stdout = ''
  const stream = { write: (text: string) => (stdout += text) }
  const world = { stdout: stream, stderr: stream, signals: process, exit: () => {} }
  t.strictSame(await runCommandLine(['openapi', '--help'], {}, world), { code: 0 })
  t.match(stdout, 'Usage: stelline openapi MODULE')
})

test('stelline openapi: a process prints the whole document', async (t) => {
  const cli = new CLIProcess(['openapi', fixture('described.ts')])
  t.strictSame(await cli.ended, { code: 0, signal: null })
  t.match(JSON.parse(cli.stdout), { info: { title: 'Described' } })
})

test('stelline openapi: an error that is not the fault of the set-up is not swallowed', async (t) => {
  const streams = { stdout: { write: () => true }, stderr: { write: () => true } }
  await t.rejects(routesCommand([fixture('described.ts:odd')], {}, streams), { message: 'not yet' })
})

/** Command lines that cannot be carried out, the code, and what is told. */
const refused: readonly (readonly [args: readonly string[], code: number, told: RegExp])[] = [
  [[], 2, /^Cannot print the OpenAPI document: expected one app[^]*"stelline openapi --help" lists the options/],
  [['--json', 'a.ts'], 2, /--json/],
  [[fixture('described.ts:odd')], 3, /Cannot print the OpenAPI document of "odd" of .*\nno reason\n$/],
  [['no-such-file.ts'], 3, /Cannot load no-such-file\.ts: there is no file/],
  [
    [fixture('described.ts:bare')],
    3,
    /Cannot print the OpenAPI document of "bare" of .*: it has none, expected an application/,
  ],
  [
    [fixture('described.ts:nothing')],
    3,
    /of "nothing" of .*\nTypeError: Cannot document the API: "transform" returned undefined, expected the document/,
  ],
  [[fixture('described.ts:list')], 3, /of "list" of .*\nTypeError: openapi\(\) returned \[\], expected an object/],
  [[fixture('described.ts:missing')], 3, /\nTypeError: openapi\(\) returned undefined, expected an object/],
  [[fixture('described.ts:bigint')], 3, /of "bigint" of .*\nTypeError: Do not know how to serialize a BigInt/],
  [
    [fixture('described.ts:broken')],
    3,
    /Cannot print the OpenAPI document of "broken" of .*\nTypeError: Cannot document GET \/b: the operationId "same"/,
  ],
]

for (const [args, code, told] of refused) {
  test(`stelline openapi: ${args.join(' ')} ends with ${code}`, async (t) => {
    const { stdout, stderr, code: ended } = await print(args)
    t.equal(ended, code)
    t.equal(stdout, '')
    t.match(stderr, told)
  })
}
