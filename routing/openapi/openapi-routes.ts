import { Response } from '../../lib/response/response.ts'
import type { Routable } from '../routable.ts'
import type { RouteTable } from '../route-table.ts'
import { Route } from '../route.ts'
import { docsRoutes } from './docs-routes.ts'
import { markDocument } from './documented-routes.ts'
import type { DocsOptions, OpenAPIOptions } from './openapi-options.ts'
import { ServedDocument } from './served-document.ts'

const usualDocs: DocsOptions = { swagger: '/docs', redoc: '/redoc' }

/**
 * Returns the routes that serve the document of an application or a router, and the pages that show it, for adding to a
 * table: `for (const route of openAPIRoutes(router, { title: 'Items' })) router.add(route)`. The option `openapi` of an
 * application does the same. Pages refer to everything relatively, so that they work below any path.
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
    ({ scope }) => new Response(served.json(scope.root_path), { mediaType: 'application/json' }),
    { name: 'openapi' },
  )
  markDocument(route)
  return [route, ...(docs === null ? [] : docsRoutes(docs, { title, url }))]
}
