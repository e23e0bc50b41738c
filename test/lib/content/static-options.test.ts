import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { test } from 'tap'
import { staticSettings } from '../../../lib/content/static-options.ts'
import type { StaticFilesOptions } from '../../../lib/content/static-options.ts'

test('staticSettings: defaults', async (t) => {
  const directory = t.testdir({})
  const { cachePolicy, ...settings } = staticSettings({ directory })
  t.strictSame(settings, {
    directories: [directory],
    html: false,
    fallback: null,
    precompressed: [],
    rules: { dotfiles: false, windows: process.platform === 'win32' },
    followSymlinks: false,
  })
  t.equal(cachePolicy('a'), null)
})

test('staticSettings: all places in their order, made absolute', async (t) => {
  const directory = t.testdir({ 'a b': {} })
  const { directories } = staticSettings({
    directory: 'docs',
    directories: [pathToFileURL(join(directory, 'a b')), directory],
    package: 'zod',
  })
  t.strictSame(directories, [
    join(process.cwd(), 'docs'),
    join(directory, 'a b'),
    directory,
    join(process.cwd(), 'node_modules/zod'),
  ])
})

test('staticSettings: codings to look for', async (t) => {
  const directory = t.testdir({})
  t.strictSame(staticSettings({ directory, precompressed: true }).precompressed, ['br', 'zstd', 'gzip'])
  t.strictSame(staticSettings({ directory, precompressed: false }).precompressed, [])
  t.strictSame(staticSettings({ directory, precompressed: ['gzip'] }).precompressed, ['gzip'])
})

test('staticSettings: a fallback in any of the directories', async (t) => {
  const directory = t.testdir({ one: {}, two: { app: { 'index.html': '' } } })
  const directories = [join(directory, 'one'), join(directory, 'two')]
  t.strictSame(staticSettings({ directories, fallback: 'app/index.html' }).fallback, ['app', 'index.html'])
})

test('staticSettings: what is not there may come later where that is allowed', async (t) => {
  const directory = join(t.testdir({}), 'later')
  t.strictSame(staticSettings({ directory, fallback: 'index.html', checkDirectory: false }).directories, [directory])
})

const wrong: readonly (readonly [options: unknown, message: RegExp])[] = [
  [{}, /^Cannot serve static files: no place is given, expected "directory", "directories" or "package"$/],
  [{ directories: [] }, /^Cannot serve static files: no place is given/],
  [{ directory: '' }, /^Cannot serve static files from "": expected the path of a directory or a "file:" URL$/],
  [{ directory: 7 }, /^Cannot serve static files from 7: expected the path/],
  [{ directory: 'no-such' }, /^Cannot serve static files from ".+no-such": it does not exist, expected a directory$/],
  [{ directory: 'package.json' }, /package\.json": it is not a directory, expected a directory$/],
  [{ directory: new URL('https://example.org/') }, /file/],
  [{ package: 'not-installed' }, /^Cannot serve package "not-installed"/],
  [
    { directory: '.', dotfiles: 'deny' },
    /^Cannot serve static files with dotfiles "deny": expected "refuse" or "allow"$/,
  ],
  [
    { directory: '.', precompressed: ['deflate'] },
    /^Cannot serve files in the coding "deflate": expected "br", "zstd" or "gzip"$/,
  ],
  [
    { directory: '.', fallback: '../index.html' },
    /^Cannot fall back to "\.\.\/index\.html": expected a path within the directory/,
  ],
  [{ directory: '.', fallback: '/index.html' }, /^Cannot fall back to "\/index\.html"/],
  [{ directory: '.', fallback: '' }, /^Cannot fall back to ""/],
  [{ directory: '.', fallback: 'no-such.html' }, /^Cannot fall back to "no-such\.html": no directory has such a file$/],
  [{ directory: '.', cacheControl: 'a\n' }, /^Cannot set cacheControl/],
]

for (const [options, message] of wrong) {
  test(`staticSettings: refuses ${JSON.stringify(options)}`, async (t) => {
    t.throws(() => staticSettings(options as StaticFilesOptions), { name: 'TypeError', message })
  })
}
