import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'
import getExePath from '../node_modules/typescript/lib/getExePath.js'

const root = fileURLToPath(new URL('../', import.meta.url))
const sourceFolders = ['lib', 'middleware', 'routing']

function filesUnder(folder: string, ending: string): string[] {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(folder, path))
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const pages: readonly string[] = [
  ...readdirSync(root).filter((path) => path.endsWith('.md')),
  ...filesUnder('docs', '.md'),
]

test('docs/errors.md: has every code of the sources, and no other', async (t) => {
  const sources = sourceFolders.flatMap((folder) => filesUnder(folder, '.ts')).map(read)
  const inSources = sources.flatMap((source) =>
    // A key in brackets is a variable of the environment.
    Array.from(source.matchAll(/(?<!\[)'(STELLINE_[A-Z_]+)'/g), ([, code]) => code!),
  )
  const inPage = Array.from(read('docs/errors.md').matchAll(/^### `(STELLINE_[A-Z_]+)`$/gm), ([, code]) => code!)
  t.strictSame(inPage.toSorted(), [...new Set(inSources)].toSorted())
})

/** A page without what it only quotes. */
function withoutCode(page: string): string {
  return page.replace(/^( *)```[^]*?^\1```$/gm, '').replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ' '))
}

/** The anchors of a page's headings, made as code hosts make them. */
function anchorsOf(path: string): Set<string> {
  const headings = read(path)
    .replace(/^( *)```[^]*?^\1```$/gm, '')
    .matchAll(/^#{1,6} +(.+?) *#*$/gm)
  return new Set(
    Array.from(headings, ([, heading]) =>
      heading!
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

/** Says what is wrong with a link of a page, or returns null. */
function faultOf(page: string, link: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return null
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? page : join(dirname(page), decodeURI(path))
  if (!existsSync(join(root, target))) return `${page}: ${link} leads nowhere`
  if (anchor === undefined || statSync(join(root, target)).isDirectory() || !target.endsWith('.md')) return null
  return anchorsOf(target).has(anchor) ? null : `${page}: ${link} names a heading that is not there`
}

test('documents: every link between pages resolves', async (t) => {
  const faults = pages.flatMap((page) =>
    Array.from(withoutCode(read(page)).matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g), ([, link]) =>
      faultOf(page, link!),
    ),
  )
  t.strictSame(
    faults.filter((fault) => fault !== null),
    [],
  )
})

/** The code of the TypeScript blocks that import the package, and so stand for themselves, by page and line. */
function completeBlocks(): Record<string, string> {
  const blocks: Record<string, string> = {}
  for (const page of pages) {
    for (const { 1: code, index } of read(page).matchAll(/^```ts\n([^]*?)^```$/gm)) {
      if (!/ from 'stelline(?:\/[a-z]+)?'$/m.test(code!)) continue
      const line = read(page).slice(0, index).split('\n').length
      blocks[`${page.replace(/\W+/g, '-')}-line-${line}.ts`] = code!
    }
  }
  return blocks
}

test('documents: every TypeScript block that imports the package type-checks', async (t) => {
  const blocks = completeBlocks()
  const configuration = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { isolatedDeclarations: false, declaration: false, noUnusedLocals: false },
    include: ['*.ts'],
    exclude: [],
  }
  const directory = t.testdir({ ...blocks, 'tsconfig.json': JSON.stringify(configuration) })
  // The program itself: its wrapper is a script, which tap would start with loaders that it cannot stand.
  const { stdout, status } = spawnSync(getExePath(), ['-p', directory], { encoding: 'utf8', cwd: root })
  t.equal(stdout.replaceAll(relative(root, directory), ''), '')
  t.equal(status, 0)
})
