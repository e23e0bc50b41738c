import type { Contract } from '../../lib/endpoint/contract/contract.ts'
import type { DocumentedRoute } from './documented-routes.ts'
import { hostServer } from './host-server.ts'
import type { OpenAPIDocument } from './openapi-document.ts'
import { pathItemKey } from './operation.ts'
import type { OperationSource, OperationWriter } from './operation.ts'
import { pathTemplate, renamed, templateKey } from './path-template.ts'
import type { PathTemplate } from './path-template.ts'

/** The operations of a path, by the names of their methods. */
interface Item {
  readonly template: PathTemplate
  readonly sources: Map<string, OperationSource & { readonly contract: Contract }>
}

/** The paths of a document, each template once. */
export class DocumentPaths {
  readonly #items = new Map<string, Item>()

  /** Adds the operations of a route, but for those that stand there already: the first one answers. */
  add(found: DocumentedRoute): void {
    const own = pathTemplate(found.patterns)
    const key = templateKey(own)
    const item = this.#items.get(key) ?? { template: own, sources: new Map() }
    const template = renamed(own, item.template)
    let isFurther = false
    for (const method of methodsOf(found)) {
      const name = pathItemKey(method)
      if (name === null || item.sources.has(name)) continue
      const { contract, host } = found
      const servers = host === null ? null : [hostServer(host)]
      item.sources.set(name, { ...found, method, template, shape: contract.shape, servers, isFurther })
      this.#items.set(key, item)
      isFurther = true
    }
  }

  /** Returns the contracts of the operations. */
  contracts(): readonly Contract[] {
    return Array.from(this.#items.values(), ({ sources }) =>
      [...sources.values()].map(({ contract }) => contract),
    ).flat()
  }

  /** Describes the operations. */
  write(writer: OperationWriter): OpenAPIDocument['paths'] {
    return Object.fromEntries(
      Array.from(this.#items.values(), ({ template, sources }) => [
        template.text,
        Object.fromEntries(Array.from(sources, ([name, source]) => [name, writer.write(source)])),
      ]),
    )
  }
}

/** HEAD comes with GET by itself. */
function methodsOf({ route }: DocumentedRoute): readonly string[] {
  // An endpoint with a contract is a function, and those have methods.
  const methods = route.methods!
  return methods.includes('GET') ? methods.filter((method) => method !== 'HEAD') : methods
}
