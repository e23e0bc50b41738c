import type { IncomingMessage } from 'node:http'
import type { Http2ServerRequest } from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { Headers } from '../../http/headers.ts'
import type { HTTPScope } from '../../spec/scope.ts'
import type { HostedApp } from '../hosted-app.ts'
import { fieldsFor, isRefusal, readHead } from '../request-head.ts'
import type { Refusal, Target } from '../request-head.ts'
import type { DisconnectSignal } from '../signals.ts'
import type { Ends } from './connection.ts'

/** A request of a server that is not ours, with what the framework around may have put onto it. */
export type ForeignRequest = (IncomingMessage | Http2ServerRequest) & {
  /** What `url` was before a framework took the path of a mount away: Express, Connect. */
  readonly originalUrl?: string
  /** The path of the mount: Express. */
  readonly baseUrl?: string
  /** What a parser has made of the body. */
  readonly body?: unknown
}

/** A request's head, read and found to be in order. */
export interface ForeignHead {
  readonly target: Target
  /** The path of the mount, decoded. */
  readonly mountPath: string
  readonly headers: readonly string[]
}

const asgi = Object.freeze({ version: '3.0', spec_version: '2.5' })
const offered: object = Object.freeze({})

/** Reads the head of a request as our own server would. How many fields there may be is up to the server around. */
export function readForeignHead(request: ForeignRequest): ForeignHead | Refusal {
  const isHTTP2 = request.httpVersionMajor === 2
  const headers = isHTTP2 ? fieldsOfHTTP2(request) : request.rawHeaders
  const version = isHTTP2 ? '1.1' : request.httpVersion
  const mount = mountOf(request)
  const target = readHead({ method: request.method!, target: mount + request.url!, version, headers }, Infinity)
  if (isRefusal(target)) return target
  return { target, mountPath: decodeURIComponent(mount), headers }
}

/** The scope of a request. */
export function listenerScope(
  host: HostedApp,
  request: ForeignRequest,
  { head, signal }: { head: ForeignHead; signal: DisconnectSignal },
): HTTPScope {
  const { target, mountPath, headers } = head
  const { rootPath } = host
  const { client, server } = foreignEnds(request)
  return {
    type: 'http',
    asgi,
    http_version: versionOf(request),
    method: request.method!,
    scheme: isEncrypted(request) ? 'https' : 'http',
    path: rootPath + target.path,
    raw_path: rootPath + target.rawPath,
    query_string: target.query,
    root_path: rootPath + mountPath,
    headers: Headers.fromRaw(fieldsFor(target, headers)),
    client,
    server,
    state: { ...host.lifespanState },
    extensions: {
      'http.disconnect.signal': signal,
      'http.response.pathsend': offered,
      'http.response.zerocopysend': offered,
      'server.shutdown.signal': host.shutdown,
    },
  }
}

/** Where the connection of a request is between. */
export function foreignEnds({ socket }: Pick<ForeignRequest, 'socket'>): Ends {
  const { remoteAddress, remotePort, localAddress, localPort } = socket
  if (remoteAddress === undefined || localAddress === undefined) return { client: null, server: null }
  return { client: [remoteAddress, remotePort!], server: [localAddress, localPort!] }
}

/**
 * The path that a framework around has taken away from `url`. Express tells it; of Connect it is what `originalUrl` has
 * before `url`, in which a slash may be new.
 */
function mountOf({ url, originalUrl, baseUrl }: ForeignRequest): string {
  if (typeof baseUrl === 'string') return baseUrl
  if (typeof originalUrl !== 'string') return ''
  if (originalUrl.endsWith(url!)) return originalUrl.slice(0, -url!.length)
  return originalUrl.endsWith(url!.slice(1)) ? originalUrl.slice(0, originalUrl.length - url!.length + 1) : ''
}

/** The fields without the pseudo-fields, of which the authority becomes the field `host`. */
function fieldsOfHTTP2({ rawHeaders, headers }: ForeignRequest): string[] {
  const fields: string[] = []
  const authority = headers[':authority']
  if (typeof authority === 'string') fields.push('host', authority)
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    if (name.startsWith(':') || (name === 'host' && authority !== undefined)) continue
    fields.push(name, rawHeaders[i + 1]!)
  }
  return fields
}

function versionOf({ httpVersionMajor, httpVersionMinor }: ForeignRequest): HTTPScope['http_version'] {
  if (httpVersionMajor === 2) return '2'
  return httpVersionMinor === 0 ? '1.0' : '1.1'
}

function isEncrypted({ socket }: ForeignRequest): boolean {
  return (socket as Partial<TLSSocket>).encrypted === true
}
