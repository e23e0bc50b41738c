import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { test } from 'tap'

const root = fileURLToPath(new URL('../../', import.meta.url))
const rooms = ['lib/spec', 'lib/http', 'lib/exceptions', 'lib/lifetime', 'lib/testing', 'lib/endpoint', 'middleware']

const files = rooms.flatMap((room) =>
  readdirSync(`${root}${room}`, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${room}/${path.replaceAll('\\', '/')}`),
)

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
