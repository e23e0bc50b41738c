import { readdirSync } from 'node:fs'
import { test } from 'tap'
import { findBreaches } from './architecture/house-rules.ts'
import type { Packages } from './architecture/house-rules.ts'
import { scanImports } from './architecture/import-scanner.ts'
import { readPackages, readSources } from './architecture/source-tree.ts'

const root = new URL('../', import.meta.url)
const fixtures = new URL('architecture/fixtures/', import.meta.url)
const packagesOfFixtures: Packages = { installed: new Set(['ws']), optional: new Set(['tsx']) }

test('the house: no source file breaks a rule', async (t) => {
  t.strictSame(findBreaches(readSources(root), readPackages(new URL('package.json', root))), [])
})

test('the house: every module can be imported, whatever its neighbours', async (t) => {
  const runsOnImport = new Set(['lib/cli/main.ts'])
  for (const path of readSources(root).keys()) {
    if (!runsOnImport.has(path)) await t.resolves(import(new URL(path, root).href), path)
  }
})

/** One deliberate breach in each folder of fixtures, and what is said about it. */
const breaches: Readonly<Record<string, readonly string[]>> = {
  'in-order': [],
  'upward-import': ['lib/http/headers.ts: imports lib/request/request.ts, which is not below it'],
  'upward-type-import': ['lib/spec/scope.ts: imports lib/http/headers.ts, which is not below it'],
  'lib-imports-routing': ['lib/testing/test-client.ts: imports routing/router.ts, which is not below it'],
  'middleware-imports-routing': ['middleware/cors.ts: imports routing/router.ts, which is not below it'],
  'servers-import-request': ['lib/servers/serve.ts: imports lib/request/request.ts, which is not below it'],
  circle: ['circle: lib/http/first.ts → lib/http/second.ts → lib/http/third.ts → lib/http/first.ts'],
  'circle-of-types': ['circle: lib/http/first.ts → lib/http/second.ts → lib/http/first.ts'],
  'middleware-imports-middleware': [
    'middleware/cors.ts: imports middleware/compression.ts, which is another middleware',
  ],
  'inside-imports-index': ['lib/http/headers.ts: imports lib/spec/index.ts, but nobody inside imports an index'],
  'front-door-imports-index': ['index.ts: imports lib/spec/index.ts, but nobody inside imports an index'],
  'unknown-room': ['src/app.ts: "src" is not a room of the house'],
  'unknown-shelf': ['lib/extras/app.ts: "extras" is not a shelf of lib'],
  'file-on-no-shelf': ['lib/app.ts: "app.ts" is not a shelf of lib'],
  'unknown-package': ['lib/http/headers.ts: imports "debug/node", which is not a dependency'],
  'optional-peer-at-once': ['lib/cli/load-app.ts: imports "tsx/esm/api" at once, but the package is an optional peer'],
  'spec-imports-node': ['lib/spec/app.ts: imports "node:path", but lib/spec imports nothing'],
  'built-beside-source': ['lib/http/headers.js: is no TypeScript; what is built goes to dist'],
  'without-ending': ['lib/http/headers.ts: imports lib/http/a, which is not a source file of the house'],
  'name-not-kebab-case': ['lib/http/queryParams.ts: the name is not in kebab-case'],
  'name-says-nothing': ['lib/http/utils.ts: the name does not say what the file holds'],
}

test('findBreaches: a fixture for each rule, a rule for each fixture', async (t) => {
  t.strictSame(readdirSync(fixtures).toSorted(), Object.keys(breaches).toSorted())
})

for (const [name, expected] of Object.entries(breaches)) {
  test(`findBreaches: ${name}`, async (t) => {
    const sources = readSources(new URL(`${name}/`, fixtures))
    t.strictSame(findBreaches(sources, packagesOfFixtures), expected)
  })
}

/** Sources and the specifiers in them. */
const sources: readonly (readonly [what: string, source: string, specifiers: readonly string[]])[] = [
  ['a named import', `import { a } from './a.ts'`, ['./a.ts']],
  ['a default import and names', `import a, { b as c } from "./a.ts";`, ['./a.ts']],
  ['an import over lines', `import {\n  a,\n  // note\n  b,\n} from './a.ts'`, ['./a.ts']],
  ['an import for its effects', `import './a.ts'`, ['./a.ts']],
  ['an import of types', `import type { A } from './a.ts'`, ['./a.ts']],
  ['an import with attributes', `import a from './a.json' with { type: 'json' }`, ['./a.json']],
  ['a re-export', `export { a } from './a.ts'`, ['./a.ts']],
  ['a re-export of everything', `export * from './a.ts'\nexport * as b from './b.ts'`, ['./a.ts', './b.ts']],
  ['a re-export of types', `export type * from './a.ts'`, ['./a.ts']],
  ['a dynamic import', `const a = await import('./a.ts')`, ['./a.ts']],
  ['a dynamic import in a template', 'const a = `x ${await import(`./a.ts`)} y`', ['./a.ts']],
  ['a type imported in place', `type A = import('./a.ts').A`, ['./a.ts']],
  ['require', `const a = require('a')`, ['a']],
  ['a line comment', `// import './a.ts'\nimport './b.ts'`, ['./b.ts']],
  ['a block comment', `/* import './a.ts' */ import './b.ts'`, ['./b.ts']],
  ['a comment sign in a string', `const a = '/*'\nimport './b.ts' /* */`, ['./b.ts']],
  ['an import in a string', `const a = "import './a.ts'"`, []],
  ['an import in a template', "const a = `import './a.ts' from './b.ts'`", []],
  ['quotes in a regular expression', `const a = /['"\`/*]/g\nimport './b.ts'`, ['./b.ts']],
  ['a division', `const a = b / c; import './b.ts'; const d = e / f`, ['./b.ts']],
  ['nested templates', "const a = `${b ? `it's` : '}'} import './a.ts'`\nimport './b.ts'", ['./b.ts']],
  ['an escaped backtick', "const a = `\\` import './a.ts'`\nimport './b.ts'", ['./b.ts']],
  ['a method called import', `loader.import('./a.ts'); Array.from('./b.ts')`, []],
  ['a computed dynamic import', `await import(name)`, []],
]

for (const [what, source, specifiers] of sources) {
  test(`scanImports: ${what}`, async (t) => {
    t.strictSame(
      scanImports(source).map((found) => found.specifier),
      specifiers,
    )
  })
}

test('scanImports: tells a lazy import from one that runs at once', async (t) => {
  t.strictSame(scanImports(`import './a.ts'; import('./b.ts')`), [
    { specifier: './a.ts', lazy: false },
    { specifier: './b.ts', lazy: true },
  ])
})
