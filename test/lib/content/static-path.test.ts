import { test } from 'tap'
import { isSafeSegment, staticPath } from '../../../lib/content/static-path.ts'
import type { StaticPath, StaticPathRules } from '../../../lib/content/static-path.ts'
import { httpScope } from '../../support/messages.ts'

const posix: StaticPathRules = { dotfiles: false, windows: false }
const windows: StaticPathRules = { dotfiles: false, windows: true }

const file = (...segments: string[]): StaticPath => ({ segments, isDirectory: false })
const directory = (...segments: string[]): StaticPath => ({ segments, isDirectory: true })

const accepted: readonly (readonly [path: string, rootPath: string, expected: StaticPath])[] = [
  ['/', '', directory()],
  ['/a', '', file('a')],
  ['/a/', '', directory('a')],
  ['/a/b.txt', '', file('a', 'b.txt')],
  ['/static/a', '/static', file('a')],
  ['/static/', '/static', directory()],
  ['/static', '/static', file()],
  ['', '', directory()],
  // A prefix ends where a segment ends.
  ['/static_secret/a', '/static', file('static_secret', 'a')],
  ['/a/static/b', '/static', file('a', 'static', 'b')],
  // Names that look odd and lead nowhere else. What is decoded once is not decoded again.
  ['/%2e%2e/a', '', file('%2e%2e', 'a')],
  ['/%2Fetc', '', file('%2Fetc')],
  ['/100%', '', file('100%')],
  ['/a?b#c;d', '', file('a?b#c;d')],
  ['/a..b', '', file('a..b')],
  ['/a.', '', file('a.')],
  ['/~root', '', file('~root')],
  ['/$HOME', '', file('$HOME')],
  ['/constructor/__proto__', '', file('constructor', '__proto__')],
  ['/日本語', '', file('日本語')],
  ['/a\nb', '', file('a\nb')],
  ['/nul', '', file('nul')],
]

for (const [path, rootPath, expected] of accepted) {
  test(`staticPath: ${JSON.stringify(path)} below ${JSON.stringify(rootPath)}`, async (t) => {
    t.strictSame(staticPath(httpScope({ path, root_path: rootPath }), posix), expected)
  })
}

/** The paths of the advisories of static file servers, as the app sees them: decoded once. */
const refused: readonly (readonly [path: string, advisory: string])[] = [
  ['/../secret', 'CVE-2023-29159'],
  ['/..', 'CVE-2023-29159'],
  ['/a/../../secret', 'CVE-2026-15074'],
  ['/a/..', 'CVE-2026-15074'],
  ['/a/../', 'CVE-2026-15074'],
  ['/./a', 'CVE-2026-39407'],
  ['/a/./b', 'CVE-2026-39407'],
  ['/.', 'CVE-2026-39407'],
  ['//a', 'CVE-2026-39407'],
  ['/a//b', 'CVE-2026-39407'],
  ['/a//', 'CVE-2026-39407'],
  ['//', 'CVE-2026-39407'],
  ['//evil.example/..', 'an open redirect'],
  ['//host/share/a', 'CVE-2026-48818'],
  ['/\\\\host\\share\\a', 'CVE-2026-48818'],
  ['\\\\host\\share\\a', 'CVE-2026-48818'],
  ['/C:/Windows/win.ini', 'CVE-2026-48818'],
  ['/c:', 'CVE-2026-48818'],
  ['/a/C:\\b', 'CVE-2026-48818'],
  ['C:/a', 'CVE-2026-48818'],
  ['/..\\secret', 'CVE-2026-54286'],
  ['/a\\b', 'CVE-2026-54286'],
  ['/a\\', 'CVE-2026-54286'],
  ['/\\', 'CVE-2026-54286'],
  ['/a\0', 'a null byte'],
  ['/a\0.txt', 'a null byte'],
  ['/\0/a', 'a null byte'],
  ['a', 'a path without a slash'],
  ['@evil.example', 'CVE-2026-54282'],
  ['*', 'OPTIONS *'],
  ['http://evil.example/a', 'an absolute form'],
  ['/.env', 'a dotfile'],
  ['/.git/config', 'a dotfile'],
  ['/a/.git/config', 'a dotfile'],
  ['/a/.hidden/', 'a dotfile'],
  ['/...', 'a dotfile'],
]

for (const [path, advisory] of refused) {
  test(`staticPath: refuses ${JSON.stringify(path)} (${advisory})`, async (t) => {
    for (const root_path of path.startsWith('/') ? ['', '/static'] : ['']) {
      t.equal(staticPath(httpScope({ path: root_path + path, root_path }), posix), null)
      t.equal(staticPath(httpScope({ path: root_path + path, root_path }), windows), null)
    }
  })
}

/** Slashes that a guard on the raw path would not see: CVE-2026-29045, CVE-2026-29087. */
for (const rawPath of ['/admin%2Fsecret.txt', '/admin%2fsecret.txt', '/%2F/a']) {
  test(`staticPath: refuses a raw path ${rawPath}`, async (t) => {
    t.equal(staticPath(httpScope({ path: '/admin/secret.txt', raw_path: rawPath }), posix), null)
  })
}

test('staticPath: takes dotfiles where they are allowed, though not "." and ".."', async (t) => {
  const rules = { dotfiles: true, windows: false }
  t.strictSame(staticPath(httpScope({ path: '/.well-known/a' }), rules), file('.well-known', 'a'))
  t.strictSame(staticPath(httpScope({ path: '/...' }), rules), file('...'))
  t.equal(staticPath(httpScope({ path: '/../a' }), rules), null)
  t.equal(staticPath(httpScope({ path: '/./a' }), rules), null)
})

/** Windows: devices in every directory, streams, short names, endings that are dropped. */
const windowsOnly: readonly string[] = [
  'nul',
  'NUL.txt',
  'con',
  'aux.html',
  'prn',
  'com1',
  'COM9.log',
  'lpt1',
  'com\xb9',
  'conin$',
  'file.txt::$DATA',
  'ab:c',
  'secret.txt.',
  'secret.txt ',
  '.. ',
  'GIT~1',
  'PROGRA~1',
  'a*',
  'a?',
  'a<b',
  'a"b',
  'a|b',
]

for (const name of windowsOnly) {
  test(`isSafeSegment: ${JSON.stringify(name)} is not safe on Windows`, async (t) => {
    t.equal(isSafeSegment(name, { dotfiles: true, windows: true }), false)
    t.equal(isSafeSegment(name, { dotfiles: true, windows: false }), true)
  })
}

for (const name of ['a', 'a.txt', 'console', 'com', 'com10', 'null', 'a~b', 'a b']) {
  test(`isSafeSegment: ${JSON.stringify(name)} is safe on Windows`, async (t) => {
    t.equal(isSafeSegment(name, windows), true)
  })
}
