import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { test } from 'tap'
import { FileWriter } from '../../../../lib/request/form/file-writer.ts'

const batchText = 'x'.repeat(262_144)
const batch: Uint8Array = Buffer.from(batchText)

test('FileWriter: writes what it was given, in order', async (t) => {
  const path = join(t.testdir(), 'file')
  const writer = await FileWriter.create(path)
  for (const piece of [Buffer.from('a'), batch, Buffer.from('b'), batch, batch, Buffer.from('c')]) {
    t.equal(await writer.write(piece), piece.length)
  }
  await writer.end()
  await writer.close()
  t.equal(await readFile(path, 'utf8'), `a${batchText}b${batchText}${batchText}c`)
})

test('FileWriter: an empty file', async (t) => {
  const path = join(t.testdir(), 'file')
  const writer = await FileWriter.create(path)
  await writer.end()
  await writer.close()
  t.equal(await readFile(path, 'utf8'), '')
})

test('FileWriter: does not replace a file', async (t) => {
  const path = join(t.testdir({ file: '' }), 'file')
  await t.rejects(FileWriter.create(path), { code: 'EEXIST' })
})

/** A file on a full disk. */
function fullFile(): { file: ConstructorParameters<typeof FileWriter>[0]; isClosed: () => boolean } {
  let closed = false
  const file = {
    writev: () => Promise.reject(new Error('no space left')),
    writeFile: async () => {},
    close: async () => {
      closed = true
    },
  }
  return { file, isClosed: () => closed }
}

test('FileWriter: whoever writes or ends after a failure hears of it', async (t) => {
  const writing = new FileWriter(fullFile().file)
  await writing.write(batch)
  await t.rejects(writing.write(batch), { message: 'no space left' })
  const ending = new FileWriter(fullFile().file)
  await ending.write(Buffer.from('a'))
  await t.rejects(ending.end(), { message: 'no space left' })
})

test('FileWriter: a disk that does not write holds up whoever writes after two batches', async (t) => {
  const stuck = { ...fullFile().file, writev: (): Promise<never> => new Promise(() => {}) }
  const writer = new FileWriter(stuck)
  const piece = batch.subarray(0, 65_536)
  let takenBytes = 0
  const write = async (): Promise<void> => {
    for (;;) takenBytes += await writer.write(piece)
  }
  void write()
  for (let turn = 0; turn < 100; turn++) await nextTurn()
  t.equal(takenBytes, 2 * batch.length - piece.length, 'the last piece is waited for')
})

test('FileWriter: close() closes a file that could not be written', async (t) => {
  const { file, isClosed } = fullFile()
  const writer = new FileWriter(file)
  await writer.write(batch)
  await writer.close()
  t.ok(isClosed())
})

test('FileWriter: what the system leaves of a batch is written after it', async (t) => {
  const written: string[] = []
  const file = {
    async writev<B extends readonly NodeJS.ArrayBufferView[]>(
      buffers: B,
    ): Promise<{ bytesWritten: number; buffers: B }> {
      written.push('abc')
      return { bytesWritten: 3, buffers }
    },
    async writeFile(data: unknown): Promise<void> {
      written.push(String(data))
    },
    async close(): Promise<void> {},
  }
  const writer = new FileWriter(file)
  await writer.write(Buffer.from('ab'))
  await writer.write(Buffer.from('cde'))
  await writer.end()
  t.strictSame(written, ['abc', 'de'])
})
