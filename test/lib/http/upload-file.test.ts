import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import { Headers } from '../../../lib/http/headers.ts'
import { parseMediaType } from '../../../lib/http/media-type.ts'
import type { UploadContent } from '../../../lib/http/upload-content.ts'
import { UploadFile } from '../../../lib/http/upload-file.ts'

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all).toString()
}

const upload = new UploadFile({ name: 'a.txt', content: Buffer.from('abc') })

test('UploadFile: has what it is made of', async (t) => {
  const mediaType = parseMediaType('text/plain')
  const headers = new Headers({ 'content-type': 'text/plain' })
  const file = new UploadFile({ name: 'a.txt', content: Buffer.from('abc'), mediaType, headers })
  t.equal(file.name, 'a.txt')
  t.equal(file.mediaType, mediaType)
  t.equal(file.headers, headers)
  t.equal(file.size, 3)
})

test('UploadFile: has no media type and no headers unless they are given', async (t) => {
  t.equal(upload.mediaType, null)
  t.equal(upload.headers.size, 0)
})

test('UploadFile: can be read in every form, any number of times', async (t) => {
  t.equal(Buffer.from(await upload.bytes()).toString(), 'abc')
  t.equal(await upload.text(), 'abc')
  t.equal(await bytesOf(upload.stream()), 'abc')
  t.equal(await bytesOf(upload.stream()), 'abc')
})

test('UploadFile: an empty file has no piece', async (t) => {
  const empty = new UploadFile({ name: '', content: new Uint8Array(0) })
  t.equal((await empty.stream().next()).done, true)
})

test('UploadFile: text() replaces what is not UTF-8', async (t) => {
  const file = new UploadFile({ name: 'a', content: Buffer.from([0x61, 0xff]) })
  t.equal(await file.text(), 'a\ufffd')
})

test('UploadFile: saveTo() writes the bytes', async (t) => {
  const path = join(t.testdir(), 'saved')
  await upload.saveTo(path)
  t.equal(await readFile(path, 'utf8'), 'abc')
})

test('UploadFile: saveTo() replaces a file only when it is told to', async (t) => {
  const path = join(t.testdir(), 'saved')
  await writeFile(path, 'old and longer')
  await t.rejects(upload.saveTo(path), { code: 'EEXIST' })
  t.equal(await readFile(path, 'utf8'), 'old and longer')
  await upload.saveTo(path, { overwrite: true })
  t.equal(await readFile(path, 'utf8'), 'abc')
})

test('UploadFile: reads from content that is somewhere else', async (t) => {
  const saved: unknown[] = []
  const content: UploadContent = {
    size: 2,
    async *stream() {
      yield Buffer.from('a')
      yield Buffer.from('b')
    },
    bytes: async () => Buffer.from('ab'),
    saveTo: async (path, overwrite) => void saved.push(path, overwrite),
  }
  const file = new UploadFile({ name: 'a', content })
  await file.saveTo('/x')
  t.equal(file.size, 2)
  t.equal(await bytesOf(file.stream()), 'ab')
  t.equal(await file.text(), 'ab')
  t.strictSame(saved, ['/x', false])
})
