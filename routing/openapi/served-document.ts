import { encodePath } from '../../lib/http/url.ts'
import type { RouteTable } from '../route-table.ts'
import { countRoutes } from './documented-routes.ts'
import type { OpenAPIDocument } from './openapi-document.ts'
import type { OpenAPIOptions } from './openapi-options.ts'
import { openapi } from './openapi.ts'

/** The document of an app: made when somebody asks for it, and anew after routes were added. */
export class ServedDocument {
  readonly #app: () => RouteTable
  readonly #options: OpenAPIOptions
  #document: OpenAPIDocument | null = null
  #routeCount = 0
  /** The text for the `root_path` of the last request: an app rarely has two. */
  #text: { readonly rootPath: string; readonly json: string } | null = null

  constructor(app: () => RouteTable, options: OpenAPIOptions) {
    this.#app = app
    this.#options = options
  }

  /** @throws TypeError for an app that cannot be described. */
  get document(): OpenAPIDocument {
    const app = this.#app()
    const count = countRoutes(app.routes)
    if (this.#document !== null && count === this.#routeCount) return this.#document
    this.#document = openapi(app, this.#options)
    this.#routeCount = count
    this.#text = null
    return this.#document
  }

  /** Returns the document as JSON, for an app that is reached below a path. */
  json(rootPath: string): string {
    const { document } = this
    const text = this.#text
    if (text !== null && text.rootPath === rootPath) return text.json
    const json = JSON.stringify(this.#options.rootPathInServers === false ? document : below(document, rootPath))
    this.#text = { rootPath, json }
    return json
  }
}

/** Puts the path of an app before its servers, unless it is there already. */
function below(document: OpenAPIDocument, rootPath: string): OpenAPIDocument {
  const { servers = [], ...rest } = document
  const url = encodePath(rootPath)
  if (url === '' || servers.some((server) => server.url === url)) return document
  const { openapi: version, info, ...others } = rest
  return { openapi: version, info, servers: [{ url }, ...servers], ...others }
}
