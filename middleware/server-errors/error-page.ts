import { inspect } from 'node:util'

/** Shows an error to its developer as plain text: its stack, its properties and what caused it. */
export function errorText(error: unknown): string {
  return `${inspect(error, { depth: 4, colors: false })}\n`
}

/** Shows an error to its developer as a page. */
export function errorPage(error: unknown): string {
  const title = escapeHTML(titleOf(error))
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem; color: #222 }
h1 { font-size: 1.3rem; overflow-wrap: anywhere }
pre { font: 14px/1.5 ui-monospace, monospace; padding: 1rem; background: #f4f4f4; overflow-x: auto }
</style>
</head>
<body>
<h1>${title}</h1>
<pre>${escapeHTML(errorText(error))}</pre>
<p>This page is shown because the application runs in debug mode.</p>
</body>
</html>
`
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
