import type { Address, HTTPScope } from '../../spec/scope.ts'
import type { HostedApp } from '../hosted-app.ts'
import { isRefusal, readTarget } from '../request-head.ts'
import type { Refusal, Target } from '../request-head.ts'
import type { DisconnectSignal } from '../signals.ts'
import { FetchHeaders } from './fetch-headers.ts'

/** What a Fetch runtime hands over besides the request. */
export interface FetchSurroundings {
  /** The second argument: bindings, a server or facts on the connection, as the runtime has it. */
  readonly env: unknown
  /** The third argument. */
  readonly context: unknown
  readonly client: Address | null
}

/** The parts of a URL that a scope tells apart. */
export interface FetchTarget extends Target {
  readonly secure: boolean
  /** Host and perhaps port, as in a `host` field. */
  readonly authority: string
}

const asgi = Object.freeze({ version: '3.0', spec_version: '2.5' })
const badTarget: Refusal = { status: 400, text: 'Invalid request target' }
/** The URL of a `Request` is always whole. */
const wholeURL = /^(https?):\/\/(?:[^/?#@]*@)?([^/?#]*)([^#]*)/

/** Takes the URL of a request apart, as it stands: its path is decoded once. */
export function readURL(method: string, url: string): FetchTarget | Refusal {
  const match = wholeURL.exec(url)
  if (match === null) return badTarget
  const [, scheme, authority, rest] = match as unknown as [string, string, string, string]
  const target = readTarget({ method, target: rest.startsWith('/') ? rest : `/${rest}` })
  if (isRefusal(target) || target.path.includes('\0')) return badTarget
  const { path, rawPath, query } = target
  return { path, rawPath, query, secure: scheme === 'https', authority }
}

/** The scope of a request. */
export function fetchScope(
  host: HostedApp,
  { request, target, signal }: { request: Request; target: FetchTarget; signal: DisconnectSignal },
  { env, context, client }: FetchSurroundings,
): HTTPScope {
  const { path, rawPath, query, secure, authority } = target
  const { rootPath } = host
  const prefix = isUnder(rootPath, path) ? '' : rootPath
  const state = { ...host.lifespanState }
  // What the lifespan calls by these names comes first.
  if (env !== undefined) state['env'] ??= env
  if (context !== undefined) state['context'] ??= context
  return {
    type: 'http',
    asgi,
    http_version: '1.1',
    method: request.method,
    scheme: secure ? 'https' : 'http',
    path: prefix + path,
    raw_path: prefix === '' ? rawPath : encodeURI(prefix) + rawPath,
    query_string: query,
    root_path: rootPath,
    headers: new FetchHeaders(request, authority),
    client,
    server: addressOf(authority, secure),
    state,
    extensions: { 'http.disconnect.signal': signal, 'server.shutdown.signal': host.shutdown },
  }
}

function isUnder(rootPath: string, path: string): boolean {
  return rootPath === '' || path === rootPath || path.startsWith(`${rootPath}/`)
}

let knownAuthority = ''
let knownAddress: readonly [plain: Address, secure: Address] = [
  ['', 80],
  ['', 443],
]

/** A runtime sees the same few authorities all day. */
function addressOf(authority: string, secure: boolean): Address {
  if (authority !== knownAuthority) {
    knownAddress = [readAddress(authority, 80), readAddress(authority, 443)]
    knownAuthority = authority
  }
  return knownAddress[secure ? 1 : 0]
}

function readAddress(authority: string, defaultPort: number): Address {
  const colon = authority.lastIndexOf(':')
  const hasPort = colon > authority.lastIndexOf(']')
  const host = hasPort ? authority.slice(0, colon) : authority
  return Object.freeze([
    host.replace(/[[\]]/g, ''),
    hasPort ? Number(authority.slice(colon + 1)) : defaultPort,
  ] as const)
}
