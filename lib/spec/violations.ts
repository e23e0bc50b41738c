/** Which way a message goes, seen from the app. */
export type Direction = 'receive' | 'send'

/** Who broke the contract: the app answers for what is sent, the server for the scope and for what is received. */
export type Side = 'application' | 'server'

/** Thrown when one side breaks the contract. The message says what was sent, in which state, and what was expected. */
export class ProtocolViolation extends Error {
  override readonly name = 'ProtocolViolation'
  readonly code = 'STELLINE_PROTOCOL_VIOLATION'
  /** The guilty side. */
  readonly side: Side

  constructor(side: Side, message: string) {
    super(message)
    this.side = side
  }

  /** For a message that its direction does not allow in its present state. */
  static outOfOrder(direction: Direction, event: string, state: string, allowed: readonly string[]): ProtocolViolation {
    const verb = direction === 'send' ? 'send' : 'receive'
    const expected = allowed.length === 0 ? 'no further message' : allowed.map((name) => `"${name}"`).join(' or ')
    return new ProtocolViolation(
      sideOf(direction),
      `Cannot ${verb} "${event}": the state is "${state}", expected ${expected}`,
    )
  }

  /** For a message with a value that the contract does not allow. */
  static badValue(
    direction: Direction,
    type: string,
    field: string,
    value: unknown,
    expected: string,
  ): ProtocolViolation {
    const verb = direction === 'send' ? 'send' : 'receive'
    return new ProtocolViolation(
      sideOf(direction),
      `Cannot ${verb} ${show(type)}: ${field} is ${show(value)}, expected ${expected}`,
    )
  }
}

/** Thrown by `send` when the peer has gone. A server swallows it when it comes back out of the app. */
export class ClientDisconnected extends Error {
  override readonly name = 'ClientDisconnected'
  readonly code = 'EPIPE'

  constructor(message = 'Cannot send: the client has disconnected') {
    super(message)
  }
}

/** The side that answers for a direction. */
export function sideOf(direction: Direction): Side {
  return direction === 'send' ? 'application' : 'server'
}

/** Shows a value in an error message: short, on one line, with control characters escaped. */
export function show(value: unknown): string {
  return shorten(showWithin(value, 3))
}

/** The depth ends what holds itself; more than the first items would be cut anyway. */
function showWithin(value: unknown, depth: number): string {
  if (typeof value === 'string') return quote(value)
  if (value instanceof Uint8Array) return `${className(value)} of ${value.length} bytes`
  if (value instanceof Promise) return 'a promise that was not awaited'
  if (Array.isArray(value)) return depth === 0 ? 'an array' : `[${showItems(value, depth - 1)}]`
  if (typeof value === 'object' && value !== null) return `an object of class ${className(value)}`
  if (typeof value === 'function') return 'a function'
  return String(value)
}

function showItems(items: readonly unknown[], depth: number): string {
  return items
    .slice(0, shownLength)
    .map((item) => showWithin(item, depth))
    .join(', ')
}

/** The class as the prototype names it: a key "constructor" of the value itself is data. */
function className(value: object): string {
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name
  return typeof name === 'string' ? name : 'null'
}

const shownLength = 80

function quote(text: string): string {
  return JSON.stringify(text.slice(0, shownLength)).replace(/[\x7f-\x9f\u2028\u2029]/g, escapeCharacter)
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

function shorten(text: string): string {
  return text.length > shownLength ? `${text.slice(0, shownLength - 1)}…` : text
}
