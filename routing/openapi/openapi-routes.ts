import { Headers } from '../../lib/http/headers.ts'
import { Response } from '../../lib/response/response.ts'
import type { Routable, RoutedScope } from '../routable.ts'
import { routePath } from '../route-path.ts'
import type { RouteTable } from '../route-table.ts'
import { Route } from '../route.ts'
import { docsRoutes } from './docs-routes.ts'
import { markDocument } from './documented-routes.ts'
import type { DocsOptions, OpenAPIOptions } from './openapi-options.ts'
import { ServedDocument } from './served-document.ts'
import type { ServedAt } from './served-document.ts'

const usualDocs: DocsOptions = { swagger: '/docs', redoc: '/redoc' }

/**
 * Returns the routes that serve the document of an application or a router, and the pages that show it, for adding to a
 * table: `for (const route of openAPIRoutes(router, { title: 'Items' })) router.add(route)`. The option `openapi` of an
 * application does the same. Where the router is mounted or included the document says so in its servers. Pages refer to
 * everything relatively, so that they work below any path.
 *
 * @throws TypeError for paths that routes refuse.
 */
export function openAPIRoutes(app: RouteTable, options: OpenAPIOptions = {}): Routable[] {
  return servedRoutes(new ServedDocument(() => app, options), options)
}

/** Returns the routes for a document that is held elsewhere. */
export function servedRoutes(served: ServedDocument, options: OpenAPIOptions): Routable[] {
  const { url = '/openapi.json', docs = usualDocs, title = 'API' } = options
  if (url === null) return []
  const route = new Route(
    url,
    ({ scope }) => new Response(served.json(placeOf(scope, url)), { mediaType: 'application/json' }),
    { name: 'openapi' },
  )
  markDocument(route)
  return [route, ...(docs === null ? [] : docsRoutes(docs, { title, url }))]
}

/** What stands before the path of the document are mounts, whose `root_path` it is, and prefixes of includes. */
function placeOf(scope: RoutedScope, url: string): ServedAt {
  const path = routePath(scope)
  const prefix = path.endsWith(url) ? path.slice(0, -url.length) : ''
  const port = /:\d{1,5}$/.exec(Headers.from(scope.headers).get('host') ?? '')?.[0] ?? ''
  return { rootPath: scope.root_path + prefix, port }
}
