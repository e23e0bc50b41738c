import { test } from 'tap'
import { flawOfSocketPath } from '../../../lib/servers/socket-path.ts'

/** Paths, and what is wrong with them. Source: unix(7) of Linux, unix(4) of macOS. */
const rows: ReadonlyArray<readonly [what: string, path: unknown, platform: NodeJS.Platform, flaw: RegExp | null]> = [
  ['a short path', '/run/app.sock', 'linux', null],
  ['107 bytes on Linux', 'a'.repeat(107), 'linux', null],
  ['108 bytes on Linux', 'a'.repeat(108), 'linux', /^the path has 108 bytes, expected at most 107, for example/],
  ['an abstract name of 108 bytes on Linux', `\0${'a'.repeat(107)}`, 'linux', null],
  ['an abstract name of 109 bytes on Linux', `\0${'a'.repeat(108)}`, 'linux', /109 bytes, expected at most 108/],
  ['103 bytes on macOS', 'a'.repeat(103), 'darwin', null],
  ['104 bytes on macOS', 'a'.repeat(104), 'darwin', /^the path has 104 bytes, expected at most 103/],
  ['104 bytes on FreeBSD', 'a'.repeat(104), 'freebsd', /^the path has 104 bytes, expected at most 103/],
  ['a long pipe on Windows', `\\\\.\\pipe\\${'a'.repeat(200)}`, 'win32', null],
  ['bytes, not characters', '☃'.repeat(36), 'linux', /^the path has 108 bytes/],
  ['a NUL within', '/run/app\0.sock', 'linux', /^expected a path without a NUL$/],
  ['an empty path', '', 'linux', /^expected a path that is not empty$/],
  ['no text', 5, 'linux', /^expected a path that is not empty$/],
]
for (const [what, path, platform, flaw] of rows) {
  test(`flawOfSocketPath: ${what}`, async (t) => {
    const found = flawOfSocketPath(path, platform)

    if (flaw === null) t.equal(found, null)
    else t.match(found, flaw)
  })
}

test('flawOfSocketPath: judges by the platform that it runs on', async (t) => {
  t.equal(flawOfSocketPath('/run/app.sock'), null)
})
