import { inspect } from 'node:util'
import type { Request } from '../../lib/request/request.ts'
import { sourceFrames } from './source-frames.ts'
import type { SourceFrame } from './source-frames.ts'

/** Shows an error to its developer as plain text: its stack, its properties and what caused it. */
export function errorText(error: unknown): string {
  return `${inspect(error, { depth: 4, colors: false })}\n`
}

/** Shows an error to its developer as a page: the sources along its stack, what caused it, and the request. */
export function errorPage(error: unknown, request: Request): string {
  const title = escapeHTML(titleOf(error))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem; color: #222 }
h1 { font-size: 1.3rem; overflow-wrap: anywhere }
h2 { font-size: 1.1rem; margin-top: 2rem }
h3 { font-size: 0.9rem; font-weight: normal; margin: 1rem 0 0; overflow-wrap: anywhere }
pre { font: 14px/1.5 ui-monospace, monospace; padding: 0.5rem 1rem; margin: 0.2rem 0; background: #f4f4f4; overflow-x: auto }
mark { display: inline-block; min-width: 100%; background: #ffdf80 }
td { padding: 0 1rem 0 0; vertical-align: top; overflow-wrap: anywhere }
</style>
</head>
<body>
<h1>${title}</h1>
${causes(error).map(errorSection).join('\n')}
<h2>As text</h2>
<pre>${escapeHTML(errorText(error))}</pre>
${requestSection(request)}
<p>This page is shown because the application runs in debug mode.</p>
</body>
</html>
`
}

/** An error and what caused it, and so on; a circle ends where it begins. */
function causes(error: unknown): Error[] {
  const chain = new Set<Error>()
  for (let cause = error; cause instanceof Error && !chain.has(cause); cause = cause.cause) chain.add(cause)
  return [...chain]
}

function errorSection(error: Error, index: number): string {
  const title = index === 0 ? 'Where it was thrown' : `Caused by ${titleOf(error)}`
  return `<h2>${escapeHTML(title)}</h2>\n${sourceFrames(error.stack ?? '')
    .map(frameSection)
    .join('\n')}`
}

function frameSection({ name, file, line, firstLine, lines }: SourceFrame): string {
  const heading = `<h3><b>${escapeHTML(name)}</b> ${escapeHTML(file)}:${line}</h3>`
  if (lines.length === 0) return heading
  const rows = lines.map((text, index) => {
    const number = firstLine + index
    const row = escapeHTML(`${String(number).padStart(5)}  ${text}`)
    return number === line ? `<mark>${row}</mark>` : row
  })
  return `${heading}\n<pre>${rows.join('\n')}</pre>`
}

/** What nobody is to read from a screen or a screenshot. */
const secret = /authorization|cookie|token|secret|password|api-?key|session|csrf|signature/i

function requestSection(request: Request): string {
  const rows = Array.from(request.headers, ([name, value]) => {
    return `<tr><td>${escapeHTML(name)}</td><td>${secret.test(name) ? '<i>hidden</i>' : escapeHTML(value)}</td></tr>`
  })
  return `<h2>The request</h2>
<p>${escapeHTML(`${request.method} ${request.path}`)}</p>
<table>${rows.join('\n')}</table>`
}

function titleOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : `Thrown: ${inspect(error)}`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHTML(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character]!)
}
