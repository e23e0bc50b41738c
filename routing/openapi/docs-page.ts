/** A file that a page loads. */
export interface PageFile {
  readonly url: string
  /** `null` for a file of the page's own origin. */
  readonly integrity: string | null
  /** Whether a script is a module of JavaScript. Default false. */
  readonly isModule?: boolean
}

/** What a page is made of. It holds no script of its own, so that a `content-security-policy` need not allow any. */
export interface DocsPage {
  readonly title: string
  readonly styles: readonly PageFile[]
  readonly scripts: readonly PageFile[]
}

/** Returns the markup of a page that shows a document. */
export function docsPage({ title, styles, scripts }: DocsPage): string {
  const head = styles.map((file) => `<link rel="stylesheet" href="${escaped(file.url)}"${check(file)}>\n`)
  const body = scripts.map((file) => `<script${kind(file)} src="${escaped(file.url)}"${check(file)}></script>\n`)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
${head.join('')}</head>
<body>
<div id="docs"></div>
${body.join('')}</body>
</html>
`
}

/** Returns a value as a literal of JavaScript that also stands in markup safely. */
export function scriptLiteral(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Returns a reference from one path to another one. It holds whatever the app is mounted at, and whatever proxies do. */
export function relativeReference(from: string, to: string): string {
  const base = from.split('/').slice(1, -1)
  const target = to.split('/').slice(1)
  let shared = 0
  while (shared < base.length && shared < target.length - 1 && base[shared] === target[shared]) shared++
  return `./${'../'.repeat(base.length - shared)}${target.slice(shared).join('/')}`
}

function kind({ isModule = false }: PageFile): string {
  return isModule ? ' type="module"' : ''
}

function check({ integrity }: PageFile): string {
  return integrity === null ? '' : ` integrity="${integrity}" crossorigin="anonymous"`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!)
}
