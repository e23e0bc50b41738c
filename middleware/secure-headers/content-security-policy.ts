import { isFieldValue } from '../../lib/spec/field-syntax.ts'
import { show } from '../../lib/spec/violations.ts'

/**
 * Directives with their sources. Keywords keep their quotes, as in `"'self'"`; `"'nonce'"` stands for the nonce of the
 * request. An empty list writes the directive alone, as `upgrade-insecure-requests` wants it.
 */
export type ContentSecurityPolicy = Readonly<Record<string, readonly string[]>>

const noncePlace = "'nonce'"
const keyword =
  /^(?:self|none|unsafe-inline|unsafe-eval|unsafe-hashes|strict-dynamic|report-sample|wasm-unsafe-eval|nonce|(?:nonce|sha256|sha384|sha512)-.*)$/

/**
 * Writes a policy as the parts between which the nonce of a request goes; one part when it has none.
 *
 * @throws TypeError for a directive or a source that would not be taken as it is meant.
 * @see https://www.w3.org/TR/CSP3/#framework-policy
 */
export function policyParts(policy: ContentSecurityPolicy): readonly string[] {
  const directives = Object.entries(policy).map(([name, sources]) => {
    if (!/^[a-z-]+$/.test(name)) throw refusal(name, 'the name of a directive has lower-case letters and hyphens')
    if (!Array.isArray(sources)) throw refusal(name, `it is ${show(sources)}, expected an array of sources`)
    if (sources.includes("'none'") && sources.length > 1) throw refusal(name, `'none' stands alone`)
    for (const source of sources) checkSource(name, source)
    return [name, ...sources].join(' ')
  })
  if (directives.length === 0) throw refusal('', 'it has no directive')
  return directives.join('; ').split(noncePlace)
}

function checkSource(directive: string, source: unknown): void {
  if (typeof source !== 'string' || !/^[^\s;,]+$/.test(source) || !isFieldValue(source)) {
    throw refusal(directive, `${show(source)} is no source: expected text without spaces, commas and semicolons`)
  }
  if (keyword.test(source)) throw refusal(directive, `${show(source)} would be a host, expected ${show(`'${source}'`)}`)
}

function refusal(directive: string, why: string): TypeError {
  return new TypeError(`Cannot write the content security policy ${show(directive)}: ${why}`)
}
