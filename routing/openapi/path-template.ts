import { encodePath } from '../../lib/http/url.ts'
import type { Converter } from '../../lib/endpoint/contract/converters.ts'
import type { PathPattern } from '../path-pattern.ts'
import type { JSONSchema } from './openapi-document.ts'

/** A path as documents write it. */
export interface PathTemplate {
  readonly text: string
  readonly params: readonly TemplateParam[]
}

/** A parameter of a path. */
export interface TemplateParam {
  /** As the template calls it. */
  readonly name: string
  /** As the pattern calls it; `null` where a pattern further in has the same name. */
  readonly source: string | null
  readonly schema: JSONSchema
}

/** Joins the patterns that lead to a route, from the outside in. */
export function pathTemplate(patterns: readonly PathPattern[]): PathTemplate {
  const names = new Set<string>()
  const params: TemplateParam[] = []
  let text = ''
  for (const pattern of patterns.toReversed()) {
    const own = pattern.params.map((param) => ({
      name: freeName(param.name, names),
      source: names.has(param.name) ? null : param.name,
      schema: converterSchema(param.converter),
    }))
    for (const { name } of own) names.add(name)
    params.unshift(...own)
    text = textOf(pattern.literals, own) + text
  }
  return { text, params }
}

/** What is the same for templates that differ in names alone: a document may hold one of them. */
export function templateKey({ text }: PathTemplate): string {
  return text.replace(/\{[^}]*\}/g, '{}')
}

/** Calls the parameters by the names of another template with the same key. */
export function renamed(template: PathTemplate, other: PathTemplate): PathTemplate {
  const params = template.params.map((param, index) => ({ ...param, name: other.params[index]!.name }))
  return { text: other.text, params }
}

function textOf(literals: readonly string[], params: readonly TemplateParam[]): string {
  return literals
    .map((literal, index) => encodePath(literal) + (index < params.length ? `{${params[index]!.name}}` : ''))
    .join('')
}

function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name
  for (let number = 2; taken.has(free); number++) free = `${name}${number}`
  return free
}

function converterSchema({ jsonSchema, regex }: Converter): JSONSchema {
  return jsonSchema ?? { type: 'string', pattern: `^(?:${regex.source})$` }
}
