import type { RouteTable } from '../route-table.ts'
import { documentedRoutes } from './documented-routes.ts'
import type { DocumentedRoute } from './documented-routes.ts'
import { impliedResponses } from './implied-responses.ts'
import type {
  ComponentsObject,
  InfoObject,
  OpenAPIDocument,
  OperationObject,
  ServerObject,
} from './openapi-document.ts'
import type { OpenAPIInfo } from './openapi-options.ts'
import { OperationWriter, pathItemKey } from './operation.ts'
import { pathTemplate, renamed, templateKey } from './path-template.ts'
import type { PathTemplate } from './path-template.ts'

/**
 * Describes an application or a router in OpenAPI 3.1: every route with a contract, those of mounts, hosts and includes too.
 * Of several operations for one method and path the first stands in the document, as the first answers.
 *
 * Left out are routes without a contract, WebSockets, and mounted applications that serve a document of their own.
 *
 * @throws TypeError naming the operation, for what cannot be described: a schema that its library refuses, an id or an
 *   `operationId` that stands twice.
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function openapi(app: RouteTable, info: OpenAPIInfo = {}): OpenAPIDocument {
  const writer = new OperationWriter(info)
  const paths = new Paths(writer)
  for (const route of documentedRoutes(app)) paths.add(route)
  const webhooks = Object.entries(info.webhooks ?? {}).map(([name, contract]) => [
    name,
    writer.writeCalled(contract, name),
  ])
  const { servers, tags, security, externalDocs, transform = (document) => document } = info
  const components = componentsOf(writer, info)
  return transform({
    openapi: '3.1.1',
    info: infoObject(info),
    ...(servers !== undefined && { servers }),
    paths: paths.finish(),
    ...(webhooks.length > 0 && { webhooks: Object.fromEntries(webhooks) as NonNullable<OpenAPIDocument['webhooks']> }),
    ...(Object.keys(components).length > 0 && { components }),
    ...(security !== undefined && { security }),
    ...(tags !== undefined && { tags }),
    ...(externalDocs !== undefined && { externalDocs }),
  })
}

/** The paths of a document, each template once. */
class Paths {
  readonly #writer: OperationWriter
  readonly #items = new Map<
    string,
    { readonly template: PathTemplate; readonly operations: Record<string, OperationObject> }
  >()

  constructor(writer: OperationWriter) {
    this.#writer = writer
  }

  add(found: DocumentedRoute): void {
    const own = pathTemplate(found.patterns)
    const key = templateKey(own)
    const item = this.#items.get(key) ?? { template: own, operations: {} }
    const template = renamed(own, item.template)
    for (const method of methodsOf(found)) {
      const name = pathItemKey(method)
      if (name === null || Object.hasOwn(item.operations, name)) continue
      const { route, contract, host } = found
      const servers = host === null ? null : [hostServer(host)]
      item.operations[name] = this.#writer.write({ ...found, method, template, shape: contract.shape, route, servers })
      this.#items.set(key, item)
    }
  }

  finish(): OpenAPIDocument['paths'] {
    return Object.fromEntries(
      Array.from(this.#items.values(), ({ template, operations }) => [template.text, operations]),
    )
  }
}

/** HEAD comes with GET by itself. */
function methodsOf({ route }: DocumentedRoute): readonly string[] {
  // An endpoint with a contract is a function, and those have methods.
  const methods = route.methods!
  return methods.includes('GET') ? methods.filter((method) => method !== 'HEAD') : methods
}

/** A host with parameters is a server with variables. */
function hostServer(host: string): ServerObject {
  const names = Array.from(host.matchAll(/\{([^}:]+)[^}]*\}/g), ([, name]) => name!)
  return {
    url: `//${host.replace(/\{([^}:]+)[^}]*\}/g, '{$1}')}`,
    ...(names.length > 0 && { variables: Object.fromEntries(names.map((name) => [name, { default: name }])) }),
  }
}

function infoObject(info: OpenAPIInfo): InfoObject {
  const { title = 'API', version = '0.1.0', summary, description, termsOfService, contact, license } = info
  return {
    title,
    version,
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
    ...(termsOfService !== undefined && { termsOfService }),
    ...(contact !== undefined && { contact }),
    ...(license !== undefined && { license }),
  }
}

function componentsOf(
  { components, securitySchemes, responseNames }: OperationWriter,
  info: OpenAPIInfo,
): ComponentsObject {
  const responses = impliedResponses(responseNames, info, components)
  const parts = { schemas: components.finish(), responses, securitySchemes: securitySchemes.finish() }
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0))
}
