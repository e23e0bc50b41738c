import { isIPv6Address } from '../http/ip-address.ts'

/** A request that is answered before any app runs. The connection is closed after it. */
export interface Refusal {
  readonly status: number
  /** Said to the client. */
  readonly text: string
  /** More fields of the answer: names and values in turn. */
  readonly fields?: readonly string[]
}

/** A request target, taken apart. */
export interface Target {
  /** Percent-decoded once. */
  readonly path: string
  /** As received. */
  readonly rawPath: string
  /** What follows the `?`, as received. */
  readonly query: string
  /** Whom a target in absolute form is for, as received; it takes the place of the host field. */
  readonly authority?: string
}

/** The part of a request's first line that says what is wanted. */
export interface RequestLine {
  readonly method: string
  readonly target: string
}

/** What is checked of a request's head: the names and values alternate in `headers`, as they came. */
export interface RequestHead extends RequestLine {
  /** As in "1.1". */
  readonly version: string
  readonly headers: readonly string[]
}

const badRequest = (text: string): Refusal => ({ status: 400, text })

const badTarget = badRequest('Invalid request target')
const noHost = badRequest('Missing Host header')
const badHost = badRequest('Invalid Host header')
const manyHosts = badRequest('More than one Host header')
const badTransferEncoding = badRequest('Unsupported Transfer-Encoding')
const chunksOf10 = badRequest('Transfer-Encoding in HTTP/1.0')
const twoFramings = badRequest('Both Transfer-Encoding and Content-Length')
const manyHeaders: Refusal = { status: 431, text: 'Too many header fields' }
const badVersion: Refusal = { status: 505, text: 'HTTP Version Not Supported' }

/**
 * An RFC 3986 authority without userinfo: a name or IPv4 address, or an IP literal, and perhaps a port. A host field may
 * be empty, but there is no port of no host.
 */
const authority = /^(?:(?:(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+|\[([0-9A-Fa-f:.]+)\])(?::\d*)?)?$/
/** What may not stand in a target: the fragment sign, controls, and bytes that had to be percent-encoded. */
const notInTarget = /[^\x21\x22\x24-\x7e]/
const absoluteForm = /^https?:\/\/([^/?]*)/i

/** Reads the head of a request as a server must before it calls an app. */
export function readHead(head: RequestHead, maxHeaderCount: number): Target | Refusal {
  const target = refusalOf(head, maxHeaderCount) ?? readTarget(head)
  // No path of the web holds a NUL, which ends names in some systems.
  return 'path' in target && target.path !== target.rawPath && target.path.includes('\0') ? badTarget : target
}

/**
 * Checks what HTTP demands of a request's head beyond what a parser does, so that no two readers of the request can
 * disagree on where it ends or whom it is for.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-6.1
 */
export function refusalOf({ version, headers }: RequestHead, maxHeaderCount: number): Refusal | null {
  if (version !== '1.1' && version !== '1.0') return badVersion
  if (headers.length > maxHeaderCount * 2) return manyHeaders
  let hosts = 0
  let encodings = 0
  let lengths = 0
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!
    // Most names differ in length from the three that matter: lower-casing is for the rest.
    switch (name.length) {
      case 4:
        if (name.toLowerCase() !== 'host') break
        if (++hosts > 1) return manyHosts
        if (!isAuthority(headers[i + 1]!)) return badHost
        break
      case 14:
        if (name.toLowerCase() === 'content-length') lengths++
        break
      case 17:
        if (name.toLowerCase() !== 'transfer-encoding') break
        if (++encodings > 1 || headers[i + 1]!.toLowerCase() !== 'chunked') return badTransferEncoding
        break
      default:
    }
  }
  if (hosts === 0 && version === '1.1') return noHost
  if (encodings === 0) return null
  if (lengths > 0) return twoFramings
  return version === '1.0' ? chunksOf10 : null
}

/**
 * Takes a request target apart: origin form, absolute form, or `*` for OPTIONS.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2
 */
export function readTarget({ method, target }: Partial<RequestHead> & RequestLine): Target | Refusal {
  if (notInTarget.test(target)) return badTarget
  if (target.charCodeAt(0) === 47) return splitTarget(target)
  if (target === '*') return method === 'OPTIONS' ? { path: '*', rawPath: '*', query: '' } : badTarget
  const match = absoluteForm.exec(target)
  if (match === null || match[1] === '' || !isAuthority(match[1]!)) return badTarget
  const rest = target.slice(match[0].length)
  const split = splitTarget(rest.startsWith('/') ? rest : `/${rest}`)
  return isRefusal(split) ? split : { ...split, authority: match[1]! }
}

/**
 * Returns the fields of a request as its target has them: the host of an absolute form stands for that of the fields.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
 */
export function fieldsFor(target: Target, headers: readonly string[]): readonly string[] {
  if (target.authority === undefined) return headers
  const at = headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'host')
  return at < 0 ? ['host', target.authority, ...headers] : headers.with(at + 1, target.authority)
}

/** Tells a refusal from what a well-formed head comes to. */
export function isRefusal(result: object): result is Refusal {
  return 'status' in result
}

function splitTarget(target: string): Target | Refusal {
  const mark = target.indexOf('?')
  const rawPath = mark === -1 ? target : target.slice(0, mark)
  const path = decodePath(rawPath)
  return path === null ? badTarget : { path, rawPath, query: mark === -1 ? '' : target.slice(mark + 1) }
}

/** Decodes once; null when an escape is malformed or does not make UTF-8. */
function decodePath(rawPath: string): string | null {
  if (!rawPath.includes('%')) return rawPath
  try {
    return decodeURIComponent(rawPath)
  } catch {
    return null
  }
}

let knownAuthority = ''

function isAuthority(value: string): boolean {
  // A server sees the same few hosts all day.
  if (value === knownAuthority) return true
  const match = authority.exec(value)
  if (match === null || (match[1] !== undefined && !isIPv6Address(match[1]))) return false
  knownAuthority = value
  return true
}
