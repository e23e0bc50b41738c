import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { test } from 'tap'

const root = fileURLToPath(new URL('../', import.meta.url))
/** What runs when it is imported. */
const programs: ReadonlySet<string> = new Set(['lib/cli/main.ts'])

const files = ['lib', 'middleware', 'routing']
  .flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => `${folder}/${path.replaceAll('\\', '/')}`),
  )
  .filter((file) => !programs.has(file))

/** The names of values, as opposed to types, that a source exports by itself. */
function valuesOf(source: string): string[] {
  return Array.from(
    source.matchAll(/^export (?:async |abstract )*(?:class|const|function\*?) (\w+)/gm),
    ([, name]) => name!,
  )
}

for (const file of files) {
  test(`${file}: can be imported by itself and gives what it exports`, async (t) => {
    const values = valuesOf(readFileSync(root + file, 'utf8'))

    const module = (await import(pathToFileURL(root + file).href)) as Record<string, unknown>

    t.strictSame(
      values.filter((name) => module[name] === undefined),
      [],
    )
  })
}
