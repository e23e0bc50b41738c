/** What a template sees, by name. */
export type TemplateContext = Readonly<Record<string, unknown>>

/**
 * Renders templates. Any engine can be put behind it; it has to escape what a template inserts into markup.
 *
 * @see {@link etaEngine}
 * @see {@link nunjucksEngine}
 */
export interface TemplateEngine {
  /** Renders a template to its end. */
  render(name: string, context: TemplateContext): string | Promise<string>
  /** Renders a template piece by piece, for engines that can. */
  stream?(name: string, context: TemplateContext): AsyncIterable<string>
}

/** Where the templates of an engine are. */
export interface EngineOptions {
  /** Default: relative to the working directory. */
  directory: string | URL
  /** Reads each template once. Default true; with false a change of a template shows at once. */
  cache?: boolean
}
