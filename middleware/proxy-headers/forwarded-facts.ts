import { parseForwarded, parseForwardedList, parseForwardedNode } from '../../lib/http/forwarded.ts'
import type { ForwardedElement } from '../../lib/http/forwarded.ts'
import { parseHost } from '../../lib/http/host.ts'
import { withoutSpace } from '../../lib/http/optional-space.ts'
import type { Address } from '../../lib/spec/scope.ts'

/** What proxies say of a request; `null` where they say nothing that can be used. */
export interface ForwardedFacts {
  readonly client: Address | null
  readonly secure: boolean | null
  /** A host with an optional port. */
  readonly host: string | null
}

/** Tells whether an address is that of a trusted proxy. */
export type IsTrusted = (address: string) => boolean

/** A client that its proxy cannot or will not name. */
const unknown: Address = ['unknown', 0]
const nothing: ForwardedFacts = { client: null, secure: null, host: null }

/**
 * Finds the client in an `x-forwarded-for` field. It is read from the right, where the nearest proxy has written: the first
 * address that is not a trusted proxy's is the client. What stands before it may be the client's own words. When all are
 * trusted, the first one is the client.
 */
export function forwardedClient(value: string, isTrusted: IsTrusted): Address | null {
  const members = value.includes(',') ? parseForwardedList(value) : [withoutSpace(value)]
  if (members.length === 1) return members[0] === '' ? null : addressOf(members[0]!)
  for (let i = members.length - 1; i >= 0; i--) {
    const client = addressOf(members[i]!)
    if (i === 0 || !isTrusted(client[0])) return client
  }
  return null
}

/** Reads an `x-forwarded-proto` field. Its last value is the nearest proxy's. */
export function forwardedSecurity(value: string): boolean | null {
  switch (lastMember(value).toLowerCase()) {
    case 'https':
    case 'wss':
      return true
    case 'http':
    case 'ws':
      return false
    default:
      return null
  }
}

/** Reads an `x-forwarded-host` field. Its last value is the nearest proxy's. */
export function forwardedHost(value: string): string | null {
  const host = lastMember(value)
  return parseHost(host) === null ? null : host
}

const segment = /^(?!\.{1,2}$)(?:[\w.~!$&'()*+;=:@-]|%[\da-f]{2})+$/i

/**
 * Reads an `x-forwarded-prefix` field: the beginning of the path that the proxy has taken away, still percent-encoded. Its
 * last value is the nearest proxy's. A prefix that could be read as another path or as an authority counts as none.
 */
export function forwardedPrefix(value: string): string | null {
  const prefix = lastMember(value).replace(/\/$/, '')
  const segments = prefix.split('/')
  if (segments.shift() !== '' || !segments.every((part) => segment.test(part) && isPlain(part))) return null
  return prefix === '' ? null : prefix
}

/**
 * Reads a `forwarded` field: the element of the outermost trusted proxy tells all. It is found from the right, as the client
 * of {@link forwardedClient} is.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7239#section-4
 */
export function forwardedFacts(value: string, isTrusted: IsTrusted): ForwardedFacts {
  const elements = parseForwarded(value)
  // What the proxy has added cannot be told from what the client sent: whoever it is, it is not the proxy.
  if (elements === null) return { ...nothing, client: unknown }
  const element = outermost(elements, isTrusted)
  if (element === null) return nothing
  return {
    client: element.for === null ? null : addressOf(element.for),
    secure: element.proto === null ? null : forwardedSecurity(element.proto),
    host: element.host === null || parseHost(element.host) === null ? null : element.host,
  }
}

function outermost(elements: readonly ForwardedElement[], isTrusted: IsTrusted): ForwardedElement | null {
  for (let i = elements.length - 1; i > 0; i--) {
    const { for: sender } = elements[i]!
    if (sender === null || !isTrusted(addressOf(sender)[0])) return elements[i]!
  }
  return elements[0] ?? null
}

/** Returns what the nearest proxy has written; empty when that is nothing. */
function lastMember(value: string): string {
  return value.includes(',') ? (parseForwardedList(value).at(-1) ?? '') : withoutSpace(value)
}

/** An address, or the name that a proxy has put in its place; port 0 when it names none. */
function addressOf(text: string): Address {
  const node = parseForwardedNode(text)
  if (node !== null) return [node.host, node.port ?? 0]
  return /^[\w.:[\]-]{1,255}$/.test(text) ? [text, 0] : unknown
}

/** Tells whether a segment stays one segment when it is decoded. */
function isPlain(part: string): boolean {
  try {
    // oxlint-disable-next-line no-control-regex -- refusing control characters is the purpose
    return !/^\.{1,2}$|[/\\\0-\x1f\x7f]/.test(decodeURIComponent(part))
  } catch {
    return false
  }
}
