import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { test } from 'tap'
import { packageDirectory } from '../../../lib/content/package-directory.ts'

const installed = join(process.cwd(), 'node_modules')

test('packageDirectory: finds a package, whatever it exports', async (t) => {
  t.equal(packageDirectory('zod'), join(installed, 'zod'))
  t.equal(packageDirectory('@types/node'), join(installed, '@types/node'))
})

test('packageDirectory: finds a directory in a package', async (t) => {
  t.equal(packageDirectory({ name: 'zod', directory: 'src' }), join(installed, 'zod/src'))
})

test('packageDirectory: looks from the module that depends on the package', async (t) => {
  const directory = t.testdir({ 'main.js': '' })
  mkdirSync(join(directory, 'node_modules/theme'), { recursive: true })
  const from = pathToFileURL(join(directory, 'main.js'))
  t.equal(packageDirectory({ name: 'theme', from }), join(directory, 'node_modules/theme'))
  t.equal(packageDirectory({ name: 'theme', from: from.href }), join(directory, 'node_modules/theme'))
})

test('packageDirectory: says where a package is missing', async (t) => {
  t.throws(() => packageDirectory('not-installed'), {
    name: 'TypeError',
    message: `Cannot serve package "not-installed": it is not installed, expected it in ${JSON.stringify(installed)}`,
  })
})

for (const name of ['', '.', '..', '../secret', 'a/b', '/etc', 'C:\\', '@a', '@a/b/c', 'node:fs/promises']) {
  test(`packageDirectory: refuses ${JSON.stringify(name)} as a name`, async (t) => {
    t.throws(
      () => packageDirectory(name),
      new TypeError(`Cannot serve package ${JSON.stringify(name)}: expected the name of a package`),
    )
  })
}

test('packageDirectory: a module of Node is no package', async (t) => {
  t.throws(() => packageDirectory('fs'), { name: 'TypeError', message: /not installed/ })
})
