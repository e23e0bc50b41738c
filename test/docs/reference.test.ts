import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'
import { defaultLimits, defaultWebSocketLimits } from '../../lib/servers/options.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const read = (path: string): string => readFileSync(root + path, 'utf8')

const pages = readdirSync(`${root}docs`, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.md'))

/** The names that a module exports: those that it re-exports, and those of modules that it re-exports whole. */
function exportsOf(path: string): string[] {
  const source = read(path)
  const named = Array.from(source.matchAll(/^export (?:type )?\{([^}]*)\}/gm), ([, names]) => names!.split(','))
  const whole = Array.from(source.matchAll(/^export (?:type )?\* from '(.*)'/gm), ([, from]) =>
    Array.from(
      read(join(dirname(path), from!)).matchAll(/^export (?:interface|type|class|const|function) (\w+)/gm),
      ([, name]) => name!,
    ),
  )
  return [...named, ...whole]
    .flat()
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

const manifest = JSON.parse(read('package.json')) as { exports: Record<string, { 'stelline-source': string } | string> }
const modules = Object.entries(manifest.exports).filter(([, target]) => typeof target === 'object')

test('docs/reference: has every public name', async (t) => {
  const code = pages
    .filter((page) => page.startsWith('reference/'))
    .flatMap((page) => read(`docs/${page}`).match(/`[^`\n]+`/g) ?? [])
    .join('\n')
  const known = new Set(code.match(/\w+/g))

  for (const [name, target] of modules) {
    const missing = exportsOf((target as { 'stelline-source': string })['stelline-source']).filter(
      (exported) => !known.has(exported),
    )
    t.strictSame(missing, [], name)
  }
})

test('docs/reference/servers.md: has every limit with its default', async (t) => {
  const rows = read('docs/reference/servers.md').split('\n')
  for (const [name, value] of Object.entries({ ...defaultLimits, ...defaultWebSocketLimits })) {
    const row = rows.find((line) => line.startsWith(`| \`${name}\` |`))
    const shown = typeof value === 'number' && value !== Infinity ? value.toLocaleString('en-US') : String(value)

    t.equal(row?.split(' | ')[2], shown, name)
  }
})

test('docs/README.md: leads to every page', async (t) => {
  const contents = ['README.md', ...pages.filter((page) => page.endsWith('/README.md'))]
  const linked = contents.flatMap((page) =>
    Array.from(read(`docs/${page}`).matchAll(/\]\(([^)#]+)/g), ([, link]) => normalize(join(dirname(page), link!))),
  )

  const lost = pages.filter((page) => page !== 'README.md' && !linked.includes(page))

  t.strictSame(lost, [])
})
