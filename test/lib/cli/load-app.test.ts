import { fileURLToPath } from 'node:url'
import { test } from 'tap'
import { loadApp, parseReference } from '../../../lib/cli/load-app.ts'
import type { LoadOptions } from '../../../lib/cli/load-app.ts'
import { typescriptSupport } from '../../../lib/cli/typescript-support.ts'

const directory = fileURLToPath(new URL('fixtures/', import.meta.url))
const nothingForTypeScript: LoadOptions['typescript'] = { native: false, registerTsx: async () => false }

const references: readonly (readonly [reference: string, module: string, exported: string | null])[] = [
  ['app.ts', 'app.ts', null],
  ['app.ts:make', 'app.ts', 'make'],
  ['app.ts:$_é1', 'app.ts', '$_é1'],
  ['C:\\app.ts', 'C:\\app.ts', null],
  ['C:\\app.ts:make', 'C:\\app.ts', 'make'],
  ['a:b/app.ts', 'a:b/app.ts', null],
  ['app.ts:', 'app.ts:', null],
  [':app', ':app', null],
]

for (const [reference, module, exported] of references) {
  test(`parseReference: ${reference}`, async (t) => {
    t.strictSame(parseReference(reference), { module, exported })
  })
}

const loadable: readonly (readonly [reference: string, factory: boolean])[] = [
  ['hello.ts', false],
  ['hello.ts:app', false],
  ['./plain.mjs', false],
  ['plain.mjs:default', false],
  ['hello.ts:make', true],
]

for (const [reference, factory] of loadable) {
  test(`loadApp: loads ${reference}${factory ? ' as a factory' : ''}`, async (t) => {
    t.type(await loadApp(reference, { directory, factory }), 'function')
  })
}

const refused: readonly (readonly [reference: string, options: LoadOptions, message: RegExp])[] = [
  ['missing.ts', {}, /^Cannot load missing.ts: there is no file .*missing.ts$/],
  ['.', {}, /^Cannot load .: .* is not a file, expected a module$/],
  ['nothing.mjs', {}, /^Cannot find the app: nothing.mjs exports nothing, expected "default" or "app"/],
  ['hello.ts:api', {}, /^Cannot find the app: hello.ts exports "app", "broken", "make", "notAnApp", expected "api"/],
  ['hello.ts:constructor', {}, /^Cannot find the app: .* expected "constructor"/],
  ['hello.ts:notAnApp', {}, /^Cannot run "notAnApp" of hello.ts. .*expected a function \(scope, receive, send\)/],
  ['hello.ts:notAnApp', { factory: true }, /^Cannot make the app: "notAnApp" of hello.ts is not a function/],
  ['hello.ts', { typescript: nothingForTypeScript }, /^Cannot load .*: Node .*"npm install --save-dev tsx"$/],
]

for (const [reference, options, message] of refused) {
  test(`loadApp: refuses ${reference} ${JSON.stringify(options)}`, async (t) => {
    const error = await loadApp(reference, { directory, ...options }).catch((reason: unknown) => reason)
    t.match(error, { code: 'STELLINE_APP_LOAD_FAILED', message })
    t.equal((error as Error).cause, undefined)
  })
}

const failing: readonly (readonly [reference: string, options: LoadOptions, message: string, cause: string])[] = [
  ['throws.mjs', {}, 'Cannot load throws.mjs: it failed while it was imported', 'out of order at import'],
  [
    'hello.ts:broken',
    { factory: true },
    'Cannot make the app: the factory "broken" of hello.ts failed',
    'the factory is out of order',
  ],
]

for (const [reference, options, message, cause] of failing) {
  test(`loadApp: keeps the error of the app's own code as the cause (${reference})`, async (t) => {
    await t.rejects(loadApp(reference, { directory, ...options }), {
      code: 'STELLINE_APP_LOAD_FAILED',
      message,
      cause: { message: cause },
    })
  })
}

test('loadApp: reads TypeScript with what Node strips by itself when tsx is absent', async (t) => {
  const typescript = { native: true, registerTsx: async () => false }
  t.type(await loadApp('hello.ts', { directory, typescript }), 'function')
})

test('typescriptSupport: finds tsx from the directory of the app, or beside this package', async (t) => {
  t.equal(await typescriptSupport.registerTsx(`${directory}hello.ts`), true)
  t.equal(await typescriptSupport.registerTsx('/nowhere/hello.ts'), true)
})
