import { encodePath } from '../../lib/http/url.ts'
import type { RouteTable } from '../route-table.ts'
import { copyDocument, freezeDocument } from './document-copy.ts'
import { countRoutes, documentedHosts } from './documented-routes.ts'
import { hostServer } from './host-server.ts'
import type { OpenAPIDocument, OperationObject, PathItemObject, ServerObject } from './openapi-document.ts'
import type { OpenAPIOptions } from './openapi-options.ts'
import { openapi } from './openapi.ts'

/** Where a document was asked for. */
export interface ServedAt {
  /** The path below which everything of the document is. */
  readonly rootPath: string
  /** The port that the client named, with its colon; empty for that of the scheme. */
  readonly port: string
}

/** The document of an app: made when somebody asks for it, and anew after routes were added. */
export class ServedDocument {
  readonly #app: () => RouteTable
  readonly #options: OpenAPIOptions
  #document: OpenAPIDocument | null = null
  #routeCount = 0
  /** The URLs of the servers that hosts are. */
  #hostURLs: ReadonlySet<string> = new Set()
  /** The text for the place of the last request: an app rarely has two. */
  #text: { readonly key: string; readonly json: string } | null = null

  constructor(app: () => RouteTable, options: OpenAPIOptions) {
    this.#app = app
    this.#options = options
  }

  /** The document, which nobody can change. @throws TypeError for an app that cannot be described. */
  get document(): OpenAPIDocument {
    const app = this.#app()
    const count = countRoutes(app.routes)
    if (this.#document !== null && count === this.#routeCount) return this.#document
    this.#document = ownDocument(openapi(app, this.#options), this.#options)
    this.#routeCount = count
    this.#hostURLs = new Set(documentedHosts(app).map((host) => hostServer(host).url))
    this.#text = null
    return this.#document
  }

  /** Returns the document as JSON, for an app that is reached at a place. */
  json(place: ServedAt): string {
    const { document } = this
    const hostURLs = this.#hostURLs
    const key = `${hostURLs.size === 0 ? '' : place.port} ${place.rootPath}`
    const text = this.#text
    if (text !== null && text.key === key) return text.json
    const told = this.#options.rootPathInServers === false ? document : placed(document, place, hostURLs)
    const json = JSON.stringify(told)
    this.#text = { key, json }
    return json
  }
}

/** Makes a document so that nobody can change it. What a function of the app returned is copied: it may be the app's own. */
function ownDocument(document: OpenAPIDocument, { transform }: OpenAPIOptions): OpenAPIDocument {
  const own = transform === undefined ? document : copyDocument(document, (reference) => reference)
  freezeDocument(own)
  return own
}

/** Puts the path of an app before its servers, unless it is there already, and behind those that hosts are. */
function placed(
  document: OpenAPIDocument,
  { rootPath, port }: ServedAt,
  hostURLs: ReadonlySet<string>,
): OpenAPIDocument {
  const { servers = [], openapi: version, info, ...rest } = document
  const url = encodePath(rootPath)
  const own = url === '' || servers.some((server) => server.url === url) ? servers : [{ url }, ...servers]
  const atHost = ({ url: host, ...more }: ServerObject): ServerObject => ({
    url: hostURLs.has(host) ? `${host}${/:\d+$/.test(host) ? '' : port}${url}` : host,
    ...more,
  })
  const paths = hostURLs.size === 0 ? rest.paths : mapValues(rest.paths, (item) => atServers(item, atHost))
  return { openapi: version, info, ...(own.length > 0 && { servers: own }), ...rest, paths }
}

function atServers(item: PathItemObject, at: (server: ServerObject) => ServerObject): PathItemObject {
  return mapValues(item, (operation: OperationObject) =>
    operation.servers === undefined ? operation : { ...operation, servers: operation.servers.map(at) },
  )
}

function mapValues<Value>(
  given: Readonly<Record<string, Value>>,
  map: (value: Value) => Value,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, map(value)]))
}
