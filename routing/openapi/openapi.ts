import { show } from '../../lib/spec/violations.ts'
import type { RouteTable } from '../route-table.ts'
import { copyDocument } from './document-copy.ts'
import { documentedRoutes } from './documented-routes.ts'
import { DocumentPaths } from './document-paths.ts'
import { impliedResponses } from './implied-responses.ts'
import type { ComponentsObject, InfoObject, OpenAPIDocument } from './openapi-document.ts'
import type { OpenAPIInfo } from './openapi-options.ts'
import { OperationWriter } from './operation.ts'
import type { NamedComponents } from './schema-components.ts'

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
  const called = Object.entries(info.webhooks ?? {})
  const paths = new DocumentPaths()
  for (const route of documentedRoutes(app)) paths.add(route)
  for (const { shape } of [...paths.contracts(), ...called.map(([, contract]) => contract)]) writer.reserve(shape)
  const operations = paths.write(writer)
  const webhooks = called.map(([name, contract]) => [name, writer.writeCalled(contract, name)])
  const { servers, tags, security, externalDocs } = info
  const { components, rename } = componentsOf(writer, info)
  const document: OpenAPIDocument = {
    openapi: '3.1.1',
    info: infoObject(info),
    ...(servers !== undefined && { servers }),
    paths: operations,
    ...(webhooks.length > 0 && { webhooks: Object.fromEntries(webhooks) as NonNullable<OpenAPIDocument['webhooks']> }),
    ...(Object.keys(components).length > 0 && { components }),
    ...(security !== undefined && { security }),
    ...(tags !== undefined && { tags }),
    ...(externalDocs !== undefined && { externalDocs }),
  }
  return transformed(copyDocument(document, rename), info)
}

function transformed(document: OpenAPIDocument, { transform }: OpenAPIInfo): OpenAPIDocument {
  if (transform === undefined) return document
  const last: unknown = transform(document)
  if (typeof last === 'object' && last !== null) return last as OpenAPIDocument
  throw new TypeError(`Cannot document the API: "transform" returned ${show(last)}, expected the document`)
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
): { readonly components: ComponentsObject; readonly rename: NamedComponents['rename'] } {
  const responses = impliedResponses(responseNames, info, components)
  const { schemas, rename } = components.finish()
  const parts = Object.entries({ schemas, responses, securitySchemes: securitySchemes.finish() })
  return { components: Object.fromEntries(parts.filter(([, part]) => Object.keys(part).length > 0)), rename }
}
