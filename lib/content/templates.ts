import type { Request } from '../request/request.ts'
import type { ResponseOptions } from '../response/response.ts'
import { etaEngine } from './eta-engine.ts'
import type { TemplateContext, TemplateEngine } from './template-engine.ts'
import { TemplateResponse, TemplateStreamResponse } from './template-response.ts'

/** Makes what every template sees besides the context of its response. */
export type ContextProcessor = (request: Request) => TemplateContext | Promise<TemplateContext>

export interface TemplatesOptions {
  /** Templates for eta, whose package has to be installed; see {@link etaEngine}. */
  directory?: string | URL
  /** In place of `directory`: what renders the templates. */
  engine?: TemplateEngine
  /** Called for each response, in order; later ones and the context of the response win. */
  contextProcessors?: readonly ContextProcessor[]
}

/**
 * Makes responses of templates. A template sees `request`, `urlFor(name, params)`, which returns the URL of a named route,
 * what the context processors return, and the context of the response.
 */
export class Templates {
  readonly #engine: TemplateEngine
  readonly #processors: readonly ContextProcessor[]

  /** @throws TypeError unless there is exactly one of `directory` and `engine`; and what {@link etaEngine} throws. */
  constructor({ directory, engine, contextProcessors = [] }: TemplatesOptions) {
    if ((directory === undefined) === (engine === undefined)) {
      throw new TypeError('Cannot make templates: expected either "directory" or "engine"')
    }
    this.#engine = engine ?? etaEngine({ directory: directory! })
    this.#processors = [...contextProcessors]
  }

  /** Renders a template to text, for a mail for example. */
  async render(request: Request, name: string, context: TemplateContext = {}): Promise<string> {
    return this.#engine.render(name, await this.#contextOf(request, context))
  }

  /**
   * Renders a template and makes a response of it, of `text/html` unless the options say otherwise.
   *
   * @throws What the engine throws, for example because there is no such template.
   */
  async response(
    request: Request,
    name: string,
    context: TemplateContext = {},
    options?: ResponseOptions,
  ): Promise<TemplateResponse> {
    const full = await this.#contextOf(request, context)
    const text = await this.#engine.render(name, full)
    return new TemplateResponse(text, { template: name, context: full }, options)
  }

  /**
   * Makes a response of several templates, each of which is sent as soon as it is rendered: the head of a page, say, while
   * its list is still being fetched. A template that fails can only cut the response.
   */
  async stream(
    request: Request,
    names: readonly string[],
    context: TemplateContext = {},
    options?: ResponseOptions,
  ): Promise<TemplateStreamResponse> {
    const full = await this.#contextOf(request, context)
    return new TemplateStreamResponse(this.#pieces(names, full), { template: names, context: full }, options)
  }

  async *#pieces(names: readonly string[], context: TemplateContext): AsyncGenerator<string, void, undefined> {
    for (const name of names) {
      if (this.#engine.stream === undefined) yield await this.#engine.render(name, context)
      else yield* this.#engine.stream(name, context)
    }
  }

  async #contextOf(request: Request, context: TemplateContext): Promise<TemplateContext> {
    const full: Record<string, unknown> = {
      request,
      urlFor: (name: string, params?: Readonly<Record<string, unknown>>) => request.urlFor(name, params).href,
    }
    for (const process of this.#processors) Object.assign(full, await process(request))
    return Object.assign(full, context)
  }
}
