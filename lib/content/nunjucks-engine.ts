import { createRequire } from 'node:module'
import { optionalPackage } from '../exceptions/optional-package.ts'
import { templateDirectory } from './template-directory.ts'
import type { EngineOptions, TemplateContext, TemplateEngine } from './template-engine.ts'

/** The part of an environment of nunjucks that is used. */
export interface NunjucksEnvironment {
  render(name: string, context: object, done: (error: Error | null, text: string | null) => void): unknown
}

export interface NunjucksOptions extends EngineOptions {
  /** Adds filters, globals and extensions to the environment, which is one of nunjucks. */
  configure?: (environment: NunjucksEnvironment & Readonly<Record<string, unknown>>) => void
}

interface NunjucksModule {
  readonly FileSystemLoader: new (directory: string, options: { noCache: boolean }) => object
  readonly Environment: new (
    loader: object,
    options: { autoescape: boolean },
  ) => NunjucksEnvironment & Readonly<Record<string, unknown>>
}

const require = createRequire(import.meta.url)

/**
 * Renders templates of nunjucks 3, for those who come from Jinja: `{{ name }}` inserts a value of the context escaped,
 * `{{ markup | safe }}` as it is.
 *
 * @throws {@link MissingPackage} when nunjucks is not installed. TypeError when there is no such directory.
 * @see https://mozilla.github.io/nunjucks/
 */
export function nunjucksEngine(options: NunjucksOptions): TemplateEngine {
  const purpose = 'render templates with nunjucks'
  const nunjucks = optionalPackage(purpose, 'nunjucks', () => require('nunjucks') as NunjucksModule)
  const loader = new nunjucks.FileSystemLoader(templateDirectory(options.directory), {
    noCache: options.cache === false,
  })
  const environment = new nunjucks.Environment(loader, { autoescape: true })
  options.configure?.(environment)
  return {
    render: (name: string, context: TemplateContext) =>
      new Promise((resolve, reject) => {
        environment.render(name, context, (error, text) => (error === null ? resolve(text!) : reject(error)))
      }),
  }
}
