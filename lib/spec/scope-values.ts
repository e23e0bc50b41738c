import { canonicalName, isByteString } from './field-syntax.ts'
import type { Scope } from './scope.ts'
import { ProtocolViolation, show } from './violations.ts'

type Values = Readonly<Record<string, unknown>>
type Check = readonly [key: string, expected: string, holds: (value: unknown, scope: Values) => boolean]

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)
const isAbsent = (value: unknown): boolean => value === undefined || value === null

const everyScope: readonly Check[] = [
  [
    'asgi',
    'an object with the strings version and, when not the first one, spec_version',
    (value) => isObject(value) && isVersions(value as Values),
  ],
  ['state', 'an object', isObject],
]

const everyConnection: readonly Check[] = [
  ...everyScope,
  ['http_version', '"1.0", "1.1", "2" or "3"', (value) => ['1.0', '1.1', '2', '3'].includes(value as string)],
  [
    'path',
    'a string of Unicode that starts with "/", or "*" for OPTIONS',
    (value, { method }) => typeof value === 'string' && isPath(value, method) && !/\p{Surrogate}/u.test(value),
  ],
  [
    'raw_path',
    'a string of bytes without "?" that starts with "/" and whose escapes are UTF-8',
    (value, { method }) => isAbsent(value) || (isByteString(value) && isPath(value, method) && isRawPath(value)),
  ],
  ['query_string', 'a string of bytes', isByteString],
  ['root_path', 'a string that starts with "/" and does not end with it, or ""', isRootPath],
  [
    'path',
    'a path below the root_path',
    (value, { root_path: root }) =>
      value === '*' || value === root || (value as string).startsWith(`${root as string}/`),
  ],
  [
    'headers',
    'pairs of lower-case names and values without CR, LF and NUL, to be iterated any number of times',
    isHeaders,
  ],
  ['client', 'a host and a port', (value) => isAbsent(value) || isAddress(value)],
  [
    'server',
    'a host and a port, or a path and null',
    (value) => isAbsent(value) || isAddress(value) || isSocketPath(value),
  ],
  [
    'extensions',
    'an object of objects',
    (value) => isObject(value) && Object.values(value as object).every((offer) => isAbsent(offer) || isObject(offer)),
  ],
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
      'an array of tokens',
      (value) =>
        Array.isArray(value) && value.every((item) => typeof item === 'string' && canonicalName(item) !== null),
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
    const value: unknown = (scope as unknown as Values)[key]
    if (!holds(value, scope as unknown as Values))
      throw new ProtocolViolation(
        'server',
        `Cannot open a scope of type "${scope.type}": ${key} is ${show(value)}, expected ${expected}`,
      )
  }
}

/** The format lets a server leave out `spec_version`; it then speaks the first version. */
function isVersions({ version, spec_version: format }: Values): boolean {
  return typeof version === 'string' && (isAbsent(format) || typeof format === 'string')
}

function isHeaders(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) return false
  const pairs = value as Iterable<unknown>
  // An iterator hands out itself: the first reader would leave nothing to the second.
  if ((pairs[Symbol.iterator]() as unknown) === pairs) return false
  return [...pairs].every(
    (pair) => Array.isArray(pair) && pair.length === 2 && canonicalName(pair[0]) === pair[0] && isFieldBytes(pair[1]),
  )
}

/** RFC 9110 §5.5: a server refuses these or replaces them. Other control characters are only an app's to avoid. */
function isFieldBytes(value: unknown): boolean {
  // oxlint-disable-next-line no-control-regex -- finding control characters is the purpose
  return isByteString(value) && !/[\0\r\n]/.test(value)
}

/** The method tells whether "*" may stand for the whole server: RFC 9110 §9.3.7. */
function isPath(path: string, method: unknown): boolean {
  return path.startsWith('/') || (path === '*' && method === 'OPTIONS')
}

/** Bytes beyond ASCII stand as they were received; what is escaped must have been decoded into the path. */
function isRawPath(path: string): boolean {
  if (path.includes('?')) return false
  try {
    return decodeURIComponent(path) !== ''
  } catch {
    return false
  }
}

function isRootPath(value: unknown): boolean {
  return value === '' || (typeof value === 'string' && value.startsWith('/') && !value.endsWith('/'))
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65_535
}

function isAddress(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && isPort(value[1])
}

function isSocketPath(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && value[1] === null
}
