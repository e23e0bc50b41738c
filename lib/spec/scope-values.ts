import { canonicalName, isByteString } from './field-syntax.ts'
import type { Scope } from './scope.ts'
import { ProtocolViolation, show } from './violations.ts'

type Check = readonly [key: string, expected: string, holds: (value: unknown) => boolean]

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
const isAbsent = (value: unknown): boolean => value === undefined || value === null

const everyScope: readonly Check[] = [
  [
    'asgi',
    'an object with the strings version and, when not the first one, spec_version',
    (value) => isObject(value) && isVersions(value as Readonly<Record<string, unknown>>),
  ],
  ['state', 'an object', isObject],
]

const everyConnection: readonly Check[] = [
  ...everyScope,
  ['http_version', '"1.0", "1.1", "2" or "3"', (value) => ['1.0', '1.1', '2', '3'].includes(value as string)],
  [
    'path',
    'a string that starts with "/", or "*"',
    (value) => typeof value === 'string' && (value.startsWith('/') || value === '*'),
  ],
  [
    'raw_path',
    'a string of bytes without "?"',
    (value) => isAbsent(value) || (isByteString(value) && !value.includes('?')),
  ],
  ['query_string', 'a string of bytes', isByteString],
  ['root_path', 'a string without a trailing "/"', (value) => typeof value === 'string' && !value.endsWith('/')],
  ['headers', 'pairs of strings with lower-case names, to be iterated any number of times', isHeaders],
  ['client', 'a host and a port', (value) => isAbsent(value) || isAddress(value)],
  [
    'server',
    'a host and a port, or a path and null',
    (value) => isAbsent(value) || isAddress(value) || isSocketPath(value),
  ],
  ['extensions', 'an object', isObject],
]

const checks: Readonly<Record<Scope['type'], readonly Check[]>> = {
  http: [
    ...everyConnection,
    [
      'method',
      'an upper-case token',
      (value) => typeof value === 'string' && canonicalName(value) !== null && value === value.toUpperCase(),
    ],
    ['scheme', '"http" or "https"', (value) => value === 'http' || value === 'https'],
  ],
  websocket: [
    ...everyConnection,
    ['scheme', '"ws" or "wss"', (value) => value === 'ws' || value === 'wss'],
    [
      'subprotocols',
      'an array of strings',
      (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
    ],
  ],
  lifespan: everyScope,
}

/**
 * Checks that a scope holds what the contract promises to an app.
 *
 * @throws {@link ProtocolViolation} of the server, naming the key, what it holds and what is expected.
 */
export function checkScope(scope: Scope): void {
  const type: unknown = (scope as Scope | null | undefined)?.type
  if (typeof type !== 'string' || !Object.hasOwn(checks, type))
    throw new ProtocolViolation(
      'server',
      `Cannot open a scope of type ${show(type)}: expected "http", "websocket" or "lifespan"`,
    )
  const known = checks[type as Scope['type']]
  for (const [key, expected, holds] of known) {
    const value: unknown = (scope as unknown as Record<string, unknown>)[key]
    if (!holds(value))
      throw new ProtocolViolation(
        'server',
        `Cannot open a scope of type "${scope.type}": ${key} is ${show(value)}, expected ${expected}`,
      )
  }
}

/** The format lets a server leave out `spec_version`; it then speaks the first version. */
function isVersions({ version, spec_version: format }: Readonly<Record<string, unknown>>): boolean {
  return typeof version === 'string' && (isAbsent(format) || typeof format === 'string')
}

function isHeaders(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) return false
  const pairs = value as Iterable<unknown>
  // An iterator hands out itself: the first reader would leave nothing to the second.
  if ((pairs[Symbol.iterator]() as unknown) === pairs) return false
  return [...pairs].every(
    (pair) => Array.isArray(pair) && pair.length === 2 && canonicalName(pair[0]) === pair[0] && isByteString(pair[1]),
  )
}

function isAddress(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && Number.isInteger(value[1])
}

function isSocketPath(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && value[1] === null
}
