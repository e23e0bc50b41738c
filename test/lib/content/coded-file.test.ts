import { join } from 'node:path'
import { test } from 'tap'
import { codedFile } from '../../../lib/content/coded-file.ts'
import { FileLookup } from '../../../lib/content/file-lookup.ts'
import type { Page } from '../../../lib/content/page-finder.ts'
import { OpenFile } from '../../../lib/response/open-file.ts'

const isClosed = (file: OpenFile): Promise<boolean> =>
  file.read(new Uint8Array(1), 0, 1, 0).then(
    () => false,
    () => true,
  )

async function pageOf(directory: string): Promise<Page> {
  const file = await OpenFile.open(join(directory, 'a.js'))
  return { file, segments: ['a.js'], status: 200, isFallback: false }
}

test('codedFile: closes the file for which it finds another', async (t) => {
  const directory = t.testdir({ 'a.js': 'plain', 'a.js.gz': 'GZIP' })
  const page = await pageOf(directory)
  const lookup = new FileLookup([directory], { followSymlinks: false })
  const { file, coding } = await codedFile(page, lookup, { accepted: 'br, gzip', codings: ['br', 'gzip'] })
  t.equal(coding, 'gzip')
  t.ok(await isClosed(page.file))
  t.notOk(await isClosed(file))
  await file.close()
})

test('codedFile: closes the file when looking for another fails', async (t) => {
  const page = await pageOf(t.testdir({ 'a.js': 'plain' }))
  const lookup = { findFile: () => Promise.reject(new Error('broken')) } as unknown as FileLookup
  await t.rejects(codedFile(page, lookup, { accepted: 'br', codings: ['br'] }), new Error('broken'))
  t.ok(await isClosed(page.file))
})
