import { test } from 'tap'
import { environmentName, optionTable } from '../../../lib/cli/option-table.ts'
import { readRunOptions } from '../../../lib/cli/options.ts'
import type { Environment } from '../../../lib/cli/options.ts'
import { defaultRunOptions } from '../../../lib/cli/run-options.ts'
import type { RunOptions } from '../../../lib/cli/run-options.ts'
import { defaultLimits, defaultWebSocketLimits } from '../../../lib/servers/options.ts'

const read = (args: readonly string[], environment: Environment = {}): RunOptions | null =>
  readRunOptions(['app.ts', ...args], environment)

const expected = (change: Partial<RunOptions>): RunOptions => ({ ...defaultRunOptions(), app: 'app.ts', ...change })

const accepted: readonly (readonly [args: readonly string[], change: Partial<RunOptions>])[] = [
  [[], {}],
  [['--host', '::1', '--port', '0'], { serve: { host: '::1', port: 0 } }],
  [['--port=65535'], { serve: { port: 65_535 } }],
  [['--uds', '/tmp/s'], { serve: { uds: '/tmp/s' } }],
  [['--fd', '0'], { serve: { fd: 0 } }],
  [['--backlog', '7'], { serve: { backlog: 7 } }],
  [['--lifespan', 'on'], { serve: { lifespan: 'on' } }],
  [['--root-path', '/api'], { serve: { rootPath: '/api' } }],
  [['--root-path', ''], { serve: { rootPath: '' } }],
  [['--no-date-header'], { serve: { dateHeader: false } }],
  [['--server-header', 'stelline'], { serve: { serverHeader: 'stelline' } }],
  [
    ['--header', 'a:b', '--header', 'c: d:e '],
    {
      headers: [
        ['a', 'b'],
        ['c', 'd:e'],
      ],
    },
  ],
  [['--factory'], { factory: true }],
  [['--log-level', 'WARN'], { logLevel: 'warn' }],
  [['--no-access-log'], { accessLog: false }],
  [['--max-connections', '10'], { limits: { maxConnections: 10 } }],
  [['--request-timeout-ms', 'none'], { limits: { requestTimeoutMs: Infinity } }],
  [['--websocket-ping-interval-ms', '100'], { websocket: { pingIntervalMs: 100 } }],
  [['--websocket-compression'], { websocket: { compression: true } }],
]

for (const [args, change] of accepted) {
  test(`readRunOptions: takes ${args.join(' ')}`, async (t) => {
    t.strictSame(read(args), expected(change))
  })
}

const refused: readonly (readonly [args: readonly string[], message: string])[] = [
  [['--port', '70000'], 'Cannot use --port "70000": expected a port, 0 to 65535'],
  [
    ['--port', '-1'],
    'Cannot use --port: "-1" looks like an option, expected --port PORT; a value that begins with "-" is written as --port=-1',
  ],
  [['--port=-1'], 'Cannot use --port "-1": expected a port, 0 to 65535'],
  [['--port', '--factory'], 'Cannot use --port: "--factory" looks like an option, expected --port PORT'],
  [['--port'], 'Cannot use --port: no value is given, expected --port PORT'],
  [['--factory=yes'], 'Cannot use --factory: it takes no value, expected --factory or --no-factory'],
  [['--no-access-log=1'], 'Cannot use --no-access-log: it takes no value, expected --access-log or --no-access-log'],
  [['--fd', '1.5'], 'Cannot use --fd "1.5": expected a whole number'],
  [['--host', ''], 'Cannot use --host "": expected a text that is not empty'],
  [['--lifespan', 'maybe'], 'Cannot use --lifespan "maybe": expected one of auto, on, off'],
  [['--root-path', 'api'], 'Cannot use --root-path "api": expected a path that starts with "/"'],
  [['--header', 'name'], 'Cannot use --header "name": expected NAME:VALUE'],
  [['--header', 'na me:x'], 'Cannot use --header "na me:x": expected a name that is a token before the colon'],
  [['--header', 'a:b\u0000'], 'Cannot use --header "a:b\\u0000": expected a value without control characters'],
  [['--server-header', 'a\nb'], 'Cannot use --server-header "a\\nb": expected a value without control characters'],
  [['--max-header-bytes', '0'], 'Cannot use --max-header-bytes "0": expected a whole number above 0, or "none"'],
  [['--max-header-bytes', '1k'], 'Cannot use --max-header-bytes "1k": expected a whole number above 0, or "none"'],
  [['--headers-timeout-ms', '2147483648'], 'Cannot use --headers-timeout-ms "2147483648": expected at most'],
  [['--uds', '/tmp/s', '--fd', '3'], 'Cannot listen on --uds and --fd at the same time'],
  [
    ['--uds', `/tmp/${'a'.repeat(200)}`],
    `Cannot use --uds "/tmp/${'a'.repeat(200)}": the path has 205 bytes, expected at most`,
  ],
  [['--backlog', '0'], 'Cannot use --backlog "0": expected a whole number above 0'],
  [['--prot', '80'], 'Cannot use --prot: there is no such option; the closest one is --port'],
  [['--no-acess-log'], 'Cannot use --no-acess-log: there is no such option; the closest one is --no-access-log'],
  [['--no-port'], 'Cannot use --no-port: there is no such option'],
  [['-p', '80'], 'Cannot use -p: there is no such option'],
  [['--nonsense'], 'Cannot use --nonsense: there is no such option'],
  [['--constructor'], 'Cannot use --constructor: there is no such option'],
  [['other.ts'], 'Cannot run app.ts other.ts: expected one app'],
]

for (const [args, message] of refused) {
  test(`readRunOptions: refuses ${JSON.stringify(args.join(' '))}`, async (t) => {
    t.throws(() => read(args), { code: 'STELLINE_USAGE', message: new RegExp(`^${quote(message)}`) })
  })
}

function quote(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

test('readRunOptions: refuses a command line without an app', async (t) => {
  t.throws(() => readRunOptions([], {}), { code: 'STELLINE_USAGE', message: /no app is given/ })
})

test('readRunOptions: tells that help is asked for', async (t) => {
  t.equal(readRunOptions(['--help'], {}), null)
  t.equal(readRunOptions(['-h'], {}), null)
})

const environments: readonly (readonly [variables: Environment, change: Partial<RunOptions>])[] = [
  [{ STELLINE_PORT: '81' }, { serve: { port: 81 } }],
  [{ PORT: '81', HOST: '::' }, {}],
  [{ STELLINE_PORT: '' }, {}],
  [{ STELLINE_ACCESS_LOG: 'off' }, { accessLog: false }],
  [{ STELLINE_FACTORY: 'Yes' }, { factory: true }],
  [
    { STELLINE_HEADER: 'a: b\n\nc: d\n' },
    {
      headers: [
        ['a', 'b'],
        ['c', 'd'],
      ],
    },
  ],
  [{ STELLINE_WEBSOCKET_MAX_MESSAGE_BYTES: '5' }, { websocket: { maxMessageBytes: 5 } }],
]

for (const [variables, change] of environments) {
  test(`readRunOptions: takes from the environment ${JSON.stringify(variables)}`, async (t) => {
    t.strictSame(read([], variables), expected(change))
  })
}

test('readRunOptions: the last of several values counts', async (t) => {
  t.strictSame(read(['--port', '1', '--port', '2'])?.serve, { port: 2 })
  t.equal(read(['--no-access-log', '--access-log'])?.accessLog, true)
})

test('readRunOptions: what stands behind -- is no option', async (t) => {
  t.equal(readRunOptions(['--', '--app.ts'], {})?.app, '--app.ts')
})

test('readRunOptions: the command line wins over the environment', async (t) => {
  t.strictSame(read(['--port', '1', '--access-log'], { STELLINE_PORT: '2', STELLINE_ACCESS_LOG: '0' })?.serve, {
    port: 1,
  })
})

test('readRunOptions: takes the app from the environment when there is none on the command line', async (t) => {
  t.equal(readRunOptions([], { STELLINE_APP: 'main.ts' })?.app, 'main.ts')
  t.equal(read([], { STELLINE_APP: 'main.ts' })?.app, 'app.ts')
})

test('readRunOptions: names the variable that cannot be understood', async (t) => {
  t.throws(() => read([], { STELLINE_ACCESS_LOG: 'perhaps' }), {
    message: 'Cannot use STELLINE_ACCESS_LOG "perhaps": expected true or false',
  })
})

test('optionTable: has an option for every limit of the server', async (t) => {
  const options = defaultRunOptions()
  for (const { name, apply } of optionTable) {
    if (/^(?:max|websocket)-|-ms$/.test(name)) apply(options, name === 'websocket-compression' ? 'true' : '9')
  }
  t.strictSame(Object.keys(options.limits).toSorted(), Object.keys(defaultLimits).toSorted())
  t.strictSame(Object.keys(options.websocket).toSorted(), Object.keys(defaultWebSocketLimits).toSorted())
})

test('environmentName: is the name of the option in capitals', async (t) => {
  t.equal(environmentName('max-header-bytes'), 'STELLINE_MAX_HEADER_BYTES')
})
