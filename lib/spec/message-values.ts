import { canonicalName, isByteString, isFieldValue } from './field-syntax.ts'
import type { HeaderPairs } from './headers.ts'
import type { Message } from './messages.ts'
import { ProtocolViolation, show } from './violations.ts'
import type { Direction } from './violations.ts'

/** What one key of a message may hold. */
interface FieldRule {
  readonly expected: string
  readonly optional: boolean
  holds(value: unknown): boolean
}

const rule = (expected: string, holds: (value: unknown) => boolean): FieldRule => ({ expected, holds, optional: false })
const orAbsent = (inner: FieldRule): FieldRule => ({ ...inner, optional: true })

const isString = (value: unknown): boolean => typeof value === 'string'
const isBytes = (value: unknown): boolean => value instanceof Uint8Array
const isInteger =
  (from: number, to: number) =>
  (value: unknown): boolean =>
    Number.isInteger(value) && (value as number) >= from && (value as number) <= to

const string = rule('a string', isString)
const pushedPath = rule('a path of bytes that starts with "/"', (value) => isByteString(value) && value.startsWith('/'))
const filePath = rule('an absolute path', (value) => isString(value) && /^(?:[a-z]:)?[\\/]/i.test(value as string))
const boolean = rule('a boolean', (value) => typeof value === 'boolean')
const octets = rule('a Uint8Array', isBytes)
const content = rule('a Uint8Array or a string', (value) => isString(value) || isBytes(value))
const status = rule('a final status, an integer from 200 to 999', isInteger(200, 999))
const length = rule('an integer of at least 0', isInteger(0, Number.MAX_SAFE_INTEGER))
const headers = rule('an iterable of [name, value] pairs, both strings', isPairs)
const links = rule('an iterable of strings fit for a "link" field', isLinks)
const file = rule('a FileHandle', (value) => typeof (value as { read?: unknown } | null)?.read === 'function')
const closeCode = rule('1000 to 1003, 1007 to 1014, or 3000 to 4999', isCloseCode)
const disconnectCode = rule('an integer from 1000 to 4999', isInteger(1000, 4999))
const closeReason = rule('a string of at most 123 bytes of UTF-8', isCloseReason)
const subprotocol = rule('a token', (value) => isString(value) && canonicalName(value as string) !== null)
const anything = rule('anything but null', () => true)

const messageRules: Readonly<Record<Message['type'], Readonly<Record<string, FieldRule>>>> = {
  'http.request': { body: orAbsent(octets), more_body: orAbsent(boolean) },
  'http.disconnect': {},
  'http.response.start': { status, headers: orAbsent(headers), trailers: orAbsent(boolean) },
  'http.response.body': { body: orAbsent(content), more_body: orAbsent(boolean) },
  'http.response.trailers': { headers: orAbsent(headers), more_trailers: orAbsent(boolean) },
  'http.response.early_hint': { links },
  'http.response.pathsend': { path: filePath },
  'http.response.zerocopysend': {
    file,
    offset: orAbsent(length),
    count: orAbsent(length),
    more_body: orAbsent(boolean),
  },
  'http.response.push': { path: pushedPath, headers },
  'http.response.debug': { info: anything },
  'websocket.connect': {},
  'websocket.receive': { text: orAbsent(string), bytes: orAbsent(octets) },
  'websocket.disconnect': { code: disconnectCode, reason: orAbsent(string) },
  'websocket.accept': { subprotocol: orAbsent(subprotocol), headers: orAbsent(headers) },
  'websocket.send': { text: orAbsent(string), bytes: orAbsent(content) },
  'websocket.close': { code: orAbsent(closeCode), reason: orAbsent(closeReason) },
  'websocket.http.response.start': { status, headers: orAbsent(headers) },
  'websocket.http.response.body': { body: orAbsent(content), more_body: orAbsent(boolean) },
  'lifespan.startup': {},
  'lifespan.shutdown': {},
  'lifespan.startup.complete': {},
  'lifespan.startup.failed': { message: orAbsent(string) },
  'lifespan.shutdown.complete': {},
  'lifespan.shutdown.failed': { message: orAbsent(string) },
}

/**
 * Checks the values of a message. Keys that no rule knows are ignored, as the contract demands.
 *
 * @throws {@link ProtocolViolation} naming the key, what it holds and what is expected.
 */
export function checkMessageValues(direction: Direction, message: Message): void {
  const type: unknown = (message as { type?: unknown } | null | undefined)?.type
  if (typeof type !== 'string') throw ProtocolViolation.badValue(direction, '?', 'type', type, 'the type of a message')
  if (!Object.hasOwn(messageRules, type)) throw unknownType(direction, type)
  const rules = messageRules[type as Message['type']]
  for (const key in rules) {
    const value: unknown = (message as unknown as Record<string, unknown>)[key]
    const known = rules[key]!
    if (value === undefined || value === null ? !known.optional : !known.holds(value)) {
      throw ProtocolViolation.badValue(direction, type, key, value, known.expected)
    }
  }
  if (type === 'websocket.send' || type === 'websocket.receive') checkOneContent(direction, message)
}

/** The violation of a type that the contract does not know. */
export function unknownType(direction: Direction, type: unknown): ProtocolViolation {
  return ProtocolViolation.badValue(direction, String(type), 'type', type, 'a type of the contract')
}

/**
 * Returns header pairs as a flat list `[name, value, name, value, …]` with names in lower case.
 *
 * @throws {@link ProtocolViolation} for a name that is not a token or a value with CR, LF, NUL or another control character.
 */
export function flattenHeaders(type: string, pairs: HeaderPairs | null | undefined): string[] {
  const flat: string[] = []
  if (pairs === null || pairs === undefined) return flat
  if (typeof pairs !== 'object' || !(Symbol.iterator in pairs)) throw badHeaders(type, pairs)
  if (Array.isArray(pairs)) for (let i = 0; i < pairs.length; i++) pushPair(flat, type, pairs[i])
  else for (const pair of pairs) pushPair(flat, type, pair)
  return flat
}

function pushPair(flat: string[], type: string, pair: unknown): void {
  if (!Array.isArray(pair) || pair.length !== 2) throw badHeaders(type, pair)
  const name = canonicalName(pair[0])
  if (name === null) throw ProtocolViolation.badValue('send', type, 'a header name', pair[0], 'a token')
  if (!isFieldValue(pair[1])) {
    throw ProtocolViolation.badValue(
      'send',
      type,
      `the value of header "${name}"`,
      pair[1],
      'a string of bytes without CR, LF, NUL or other control characters',
    )
  }
  flat.push(name, pair[1])
}

function badHeaders(type: string, value: unknown): ProtocolViolation {
  return ProtocolViolation.badValue('send', type, 'headers', value, headers.expected)
}

function checkOneContent(
  direction: Direction,
  { type, text, bytes }: { type: string; text?: unknown; bytes?: unknown },
): void {
  const hasText = text !== undefined && text !== null
  const hasBytes = bytes !== undefined && bytes !== null
  if (hasText === hasBytes) {
    throw new ProtocolViolation(
      direction === 'send' ? 'application' : 'server',
      `Cannot ${direction} "${type}": text is ${show(text)} and bytes is ${show(bytes)}, expected exactly one of them`,
    )
  }
}

function isPairs(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) return false
  // A one-shot iterable is left to its reader: looking into it here would empty it.
  if (!Array.isArray(value)) return true
  return value.every(
    (pair) => Array.isArray(pair) && pair.length === 2 && canonicalName(pair[0]) !== null && isFieldValue(pair[1]),
  )
}

function isLinks(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) return false
  return !Array.isArray(value) || value.every((link) => isFieldValue(link))
}

/** The codes that an endpoint may put on the wire: RFC 6455 §7.4 and the IANA registry. */
function isCloseCode(value: unknown): boolean {
  if (!isInteger(1000, 4999)(value)) return false
  const code = value as number
  return code >= 3000 || (code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006)
}

/** A control frame holds 125 bytes, two of them the code: RFC 6455 §5.5. */
function isCloseReason(value: unknown): boolean {
  return typeof value === 'string' && (value.length <= 41 || new TextEncoder().encode(value).length <= 123)
}
