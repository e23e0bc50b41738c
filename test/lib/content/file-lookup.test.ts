import { renameSync, symlinkSync } from 'node:fs'
import { join, parse } from 'node:path'
import { test } from 'tap'
import type { Test } from 'tap'
import { FileLookup, isForbidden } from '../../../lib/content/file-lookup.ts'
import { OpenFile } from '../../../lib/response/open-file.ts'

const strict = { followSymlinks: false }

test('FileLookup: tells files, directories and what is not there', async (t) => {
  const directory = t.testdir({ 'a.txt': 'hello', dir: {} })
  const lookup = new FileLookup([directory], strict)
  const found = await lookup.find(['a.txt'])
  t.match(found, { kind: 'file', file: { path: join(directory, 'a.txt'), stats: { size: 5 } } })
  if (found?.kind === 'file') await found.file.close()
  t.strictSame(await lookup.find(['dir']), { kind: 'directory' })
  t.strictSame(await lookup.find([]), { kind: 'directory' })
  t.equal(await lookup.find(['b.txt']), null)
  t.equal(await lookup.find(['a.txt', 'b']), null)
})

test('FileLookup: findFile() finds no directories', async (t) => {
  const lookup = new FileLookup([t.testdir({ dir: {} })], strict)
  t.equal(await lookup.findFile(['dir']), null)
  t.equal(await lookup.findFile(['missing']), null)
})

test('FileLookup: a directory whose name is the beginning of another does not hold its files', async (t) => {
  const root = t.testdir({ static: {}, static_secret: { 'key.txt': '' } })
  symlinkSync('../static_secret/key.txt', join(root, 'static/key.txt'))
  t.equal(await new FileLookup([join(root, 'static')], strict).find(['key.txt']), null)
})

test('FileLookup: the root of a file system holds everything', async (t) => {
  const directory = t.testdir({ 'a.txt': '' })
  symlinkSync('a.txt', join(directory, 'link.txt'))
  const { root } = parse(directory)
  const segments = join(directory, 'link.txt').slice(root.length).split(/[/\\]/)
  const file = await new FileLookup([root], strict).findFile(segments)
  t.equal(file?.path, join(directory, 'a.txt'))
  await file?.close()
})

test('FileLookup: an error that does not mean absence comes out', async (t) => {
  const lookup = new FileLookup([t.testdir({})], strict)
  await t.rejects(lookup.find(['a\0b']), { code: 'ERR_INVALID_ARG_VALUE' })
})

test('isForbidden: tells what the system refuses from everything else', async (t) => {
  const coded = (code: string): Error => Object.assign(new Error(code), { code })
  t.equal(isForbidden(coded('EACCES')), true)
  t.equal(isForbidden(coded('EPERM')), true)
  t.equal(isForbidden(coded('ENOENT')), false)
  t.equal(isForbidden(new Error('x')), false)
})

/** Does something right before each opening, then right after it. */
function aroundOpening(t: Test, before: (attempt: number) => void, after: () => void = () => {}): () => unknown[] {
  const open = OpenFile.open.bind(OpenFile)
  let attempt = 0
  return t.capture(OpenFile, 'open', async (path: string) => {
    before(attempt++)
    const file = await open(path)
    after()
    return file
  })
}

for (const [what, turned, segments] of [
  ['a file', 'static/a.txt', ['a.txt']],
  ['a directory', 'static/dir', ['dir', 'a.txt']],
] as const) {
  test(`FileLookup: ${what} that is turned into a link right before it is opened leads nowhere`, async (t) => {
    const root = t.testdir({ static: { 'a.txt': 'fine', dir: { 'a.txt': 'fine' } }, out: { 'a.txt': 'SECRET' } })
    const target = what === 'a file' ? 'out/a.txt' : 'out'
    const opened = aroundOpening(t, (attempt) => {
      if (attempt > 0) return
      renameSync(join(root, turned), join(root, 'kept'))
      symlinkSync(join(root, target), join(root, turned))
    })
    t.equal(await new FileLookup([join(root, 'static')], strict).findFile(segments), null)
    t.equal(opened().length, 1)
  })
}

test('FileLookup: what was turned once is looked for again, what is turned each time is given up', async (t) => {
  const root = t.testdir({ static: { 'a.txt': 'fine' }, 'secret.txt': 'SECRET' })
  const path = join(root, 'static/a.txt')
  const turn = (): void => {
    renameSync(path, join(root, 'kept'))
    symlinkSync(join(root, 'secret.txt'), path)
  }
  const turnBack = (): void => renameSync(join(root, 'kept'), path)
  const lookup = new FileLookup([join(root, 'static')], strict)
  let turns = 1
  const turned = (): boolean => turns-- > 0
  let isTurned = false
  const opened = aroundOpening(
    t,
    () => {
      isTurned = turned()
      if (isTurned) turn()
    },
    () => isTurned && turnBack(),
  )
  const file = await lookup.findFile(['a.txt'])
  await file?.close()
  t.equal(file?.stats.size, 4)
  t.equal(opened().length, 2)
  turns = Infinity
  t.equal(await lookup.findFile(['a.txt']), null)
  t.equal(opened().length, 3)
})

test('FileLookup: a file that is replaced by renaming right after it is opened is the one that was there', async (t) => {
  const directory = t.testdir({ 'a.txt': 'old', 'new.txt': 'newer' })
  aroundOpening(
    t,
    () => {},
    () => renameSync(join(directory, 'new.txt'), join(directory, 'a.txt')),
  )
  const file = await new FileLookup([directory], strict).findFile(['a.txt'])
  await file?.close()
  t.equal(file?.stats.size, 3)
})
