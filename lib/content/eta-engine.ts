import { createRequire } from 'node:module'
import { optionalPackage } from '../exceptions/optional-package.ts'
import { templateDirectory } from './template-directory.ts'
import type { EngineOptions, TemplateContext, TemplateEngine } from './template-engine.ts'

export interface EtaOptions extends EngineOptions {
  /**
   * Lets templates `await`, and has them include others by `await includeAsync(…)`. Default false: it costs some time for
   * every template.
   */
  async?: boolean
}

/** The part of the package that is used. */
interface EtaModule {
  readonly Eta: new (config: { views: string; cache: boolean; autoEscape: boolean }) => {
    render(name: string, data: object): string
    renderAsync(name: string, data: object): Promise<string>
  }
}

const require = createRequire(import.meta.url)

/**
 * Renders templates of eta 4, the package that the documentation is written for: `<%= it.name %>` inserts a value of the
 * context escaped, `<%~ it.markup %>` as it is. A name without an ending stands for one with `.eta`.
 *
 * @throws {@link MissingPackage} when eta is not installed. TypeError when there is no such directory.
 * @see https://eta.js.org
 */
export function etaEngine(options: EtaOptions): TemplateEngine {
  const { Eta } = optionalPackage('render templates with eta', 'eta', () => require('eta') as EtaModule)
  const eta = new Eta({ views: templateDirectory(options.directory), cache: options.cache ?? true, autoEscape: true })
  return {
    render: (name: string, context: TemplateContext) =>
      options.async === true ? eta.renderAsync(name, context) : eta.render(name, context),
  }
}
