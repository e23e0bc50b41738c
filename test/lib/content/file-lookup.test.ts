import { symlinkSync } from 'node:fs'
import { join, parse } from 'node:path'
import { test } from 'tap'
import { FileLookup, isForbidden } from '../../../lib/content/file-lookup.ts'

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
