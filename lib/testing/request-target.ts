import { isRefusal, readTarget } from '../servers/request-head.ts'
import { show } from '../spec/violations.ts'
import { searchParamsOf } from '../http/pairs.ts'
import type { PairsInit } from '../http/pairs.ts'

/** Where requests go that give only a path. */
export interface RequestBase {
  /** Scheme, host and port. */
  readonly origin: string
  /** The prefix under which the app is mounted. */
  readonly rootPath: string
  /** What stands before every relative path: the root path and the path of the base URL. */
  readonly prefix: string
}

/** A request target as the server below the app would see it. */
export interface RequestTarget {
  readonly secure: boolean
  /** The value of the `host` field. */
  readonly host: string
  readonly server: readonly [host: string, port: number]
  /** Decoded once; never normalised, so that "/a/../b" reaches the app. */
  readonly path: string
  readonly rawPath: string
  readonly query: string
  /** All of it as one string. */
  readonly url: string
}

/**
 * Reads the base URL of a client.
 *
 * @throws TypeError for a URL that is not http or https, or that has more than a host, a port and a path; for a root path
 *   that does not start with "/" or ends with it.
 */
export function requestBase(baseUrl: string, rootPath: string): RequestBase {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new TypeError(
      `Cannot use base URL ${show(baseUrl)}: expected http or https, a host, and perhaps a port and path`,
    )
  }
  if (rootPath !== '' && (!rootPath.startsWith('/') || rootPath.endsWith('/'))) {
    throw new TypeError(`Cannot use root path ${show(rootPath)}: expected a leading "/" and no trailing one`)
  }
  return { origin: url.origin, rootPath, prefix: rootPath + url.pathname.replace(/\/$/, '') }
}

const absolute = /^(https?|wss?):\/\/([^/?#]*)/i

/**
 * Reads what a test gives as the target of a request: a path with or without a query, "*", or a whole URL.
 *
 * @throws TypeError for anything else, and for percent-encoding that does not decode.
 */
export function requestTarget(base: RequestBase, target: string, query?: PairsInit): RequestTarget {
  const [whole, scheme, authority] = absolute.exec(target) ?? []
  const origin = new URL(whole === undefined ? base.origin : originOf(target, scheme!, authority!))
  const rest = whole === undefined ? prefixed(base, target) : target.slice(whole.length)
  const { path, rawPath, query: own } = split(target, encoded(rest))
  const rooted = isUnder(base.rootPath, path) ? '' : base.rootPath
  const added = query === undefined ? '' : searchParamsOf(query).toString()
  const search = own !== '' && added !== '' ? `${own}&${added}` : own + added
  return {
    secure: origin.protocol === 'https:',
    host: origin.host,
    server: [origin.hostname.replace(/[[\]]/g, ''), Number(origin.port) || (origin.protocol === 'https:' ? 443 : 80)],
    path: rooted + path,
    rawPath: encoded(rooted) + rawPath,
    query: search,
    url: `${origin.origin}${rawPath === '*' ? '/' : encoded(rooted) + rawPath}${search === '' ? '' : `?${search}`}`,
  }
}

function originOf(target: string, scheme: string, authority: string): string {
  const origin = `${/^(?:https|wss)$/i.test(scheme) ? 'https' : 'http'}://${authority}`
  if (authority === '' || authority.includes('@') || !URL.canParse(origin))
    throw badTarget(target, 'the host is not valid')
  return origin
}

function prefixed({ prefix }: RequestBase, target: string): string {
  if (target === '*') return target
  if (target === '' || target.startsWith('?') || target.startsWith('/')) return prefix + target
  throw badTarget(target, 'the path does not start with "/"')
}

/** Leaves out the fragment and encodes what no client sends raw. */
function encoded(text: string): string {
  return text
    .replace(/#.*/s, '')
    .replace(/[^\x21-\x7e]+/g, (raw) => Buffer.from(raw).toString('hex').toUpperCase().replace(/../g, '%$&'))
}

function split(target: string, rest: string): { path: string; rawPath: string; query: string } {
  const read = readTarget({
    method: 'OPTIONS',
    target: rest === '*' || rest.startsWith('/') ? rest : `/${rest}`,
    headers: [],
  })
  if (isRefusal(read)) throw badTarget(target, 'its percent-encoding does not decode as UTF-8')
  return read
}

function isUnder(rootPath: string, path: string): boolean {
  return path === '*' || path === rootPath || path.startsWith(`${rootPath}/`)
}

function badTarget(target: string, why: string): TypeError {
  return new TypeError(`Cannot request ${show(target)}: ${why}`)
}
