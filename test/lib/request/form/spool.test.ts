import { existsSync, readdirSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'tap'
import type { Test } from 'tap'
import type { UploadContent } from '../../../../lib/http/upload-content.ts'
import { Spool } from '../../../../lib/request/form/spool.ts'

async function* chunks(...pieces: readonly (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (piece instanceof Error) throw piece
    yield Buffer.from(piece)
  }
}

function spoolIn(t: Test, maxMemoryBytes: number): { spool: Spool; directory: string; files: () => string[] } {
  const directory = t.testdir()
  const files = (): string[] =>
    readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((path) =>
      statSync(join(directory, path)).isFile(),
    )
  return { spool: new Spool({ maxMemoryBytes, directory }), directory, files }
}

async function textOf(content: UploadContent): Promise<string> {
  return Buffer.from(await content.bytes()).toString()
}

test('Spool: keeps small files in memory', async (t) => {
  const { spool, files } = spoolIn(t, 4)
  const first = await spool.store(chunks('a', 'b'))
  const second = await spool.store(chunks('c', 'd'))
  t.strictSame([first.size, second.size], [2, 2])
  t.strictSame([await textOf(first), await textOf(second)], ['ab', 'cd'])
  t.strictSame(files(), [])
})

test('Spool: writes a file that goes beyond the memory for all files', async (t) => {
  const { spool, files } = spoolIn(t, 4)
  await spool.store(chunks('a', 'b'))
  const large = await spool.store(chunks('c', 'd', 'e', 'f'))
  const small = await spool.store(chunks('g'))
  t.equal(files().length, 1)
  t.equal(large.size, 4)
  t.equal(await textOf(large), 'cdef')
  t.equal(await textOf(small), 'g')
  await spool.release()
})

test(
  'Spool: the directory of a form can be entered by its user only',
  { skip: process.platform === 'win32' },
  async (t) => {
    const { spool, directory } = spoolIn(t, 0)
    await spool.store(chunks('a'))
    const [name] = readdirSync(directory)
    t.equal(statSync(join(directory, name!)).mode & 0o777, 0o700)
    await spool.release()
  },
)

test('Spool: a file on disk can be read in pieces and be saved', async (t) => {
  const { spool, directory } = spoolIn(t, 0)
  const content = await spool.store(chunks('ab', 'c'))
  const pieces: Uint8Array[] = []
  for await (const piece of content.stream()) pieces.push(piece)
  t.equal(Buffer.concat(pieces).toString(), 'abc')
  await content.saveTo(join(directory, 'saved'), false)
  await t.rejects(content.saveTo(join(directory, 'saved'), false), { code: 'EEXIST' })
  await content.saveTo(join(directory, 'saved'), true)
  await spool.release()
  t.equal(await readFile(join(directory, 'saved'), 'utf8'), 'abc')
})

test('Spool: files of many pieces are written whole', async (t) => {
  const { spool } = spoolIn(t, 0)
  const pieces = Array.from({ length: 50 }, (_, index) => String.fromCharCode(97 + (index % 26)).repeat(30_000))
  const content = await spool.store(chunks(...pieces))
  t.equal(content.size, 1_500_000)
  t.equal(await textOf(content), pieces.join(''))
  await spool.release()
})

test('CVE-2025-54121: other work goes on while a large file is written', async (t) => {
  const { spool } = spoolIn(t, 0)
  let turns = 0
  let isOver = false
  const count = (): void => {
    turns++
    if (!isOver) setImmediate(count)
  }
  setImmediate(count)
  await spool.store(chunks(...Array<string>(40).fill('x'.repeat(262_144))))
  isOver = true
  t.ok(turns >= 40, `${turns} turns of the event loop`)
  await spool.release()
})

test('Spool: nothing can be read when it is released, whether it was in memory or on disk', async (t) => {
  const { spool, files } = spoolIn(t, 1)
  const inMemory = await spool.store(chunks('a'))
  const onDisk = await spool.store(chunks('bc'))
  await spool.release()
  t.strictSame(files(), [])
  for (const content of [inMemory, onDisk]) {
    t.type(content.size, 'number')
    await t.rejects(content.bytes(), { message: /^Cannot use a file of a form: the answer has been sent/ })
    await t.rejects(content.saveTo('/nowhere', false), { message: /^Cannot use a file of a form/ })
    t.throws(() => content.stream(), { message: /^Cannot use a file of a form/ })
  }
})

test('Spool: makes no file once it is released, and can be released twice', async (t) => {
  const { spool, directory } = spoolIn(t, 0)
  await spool.release()
  await t.rejects(spool.store(chunks('a')), { message: /^Cannot use a file of a form/ })
  await spool.release()
  t.strictSame(readdirSync(directory), [])
})

test('Spool: a source that fails leaves nothing behind after the release', async (t) => {
  const { spool, directory } = spoolIn(t, 1)
  await t.rejects(spool.store(chunks('a', new Error('left'))), { message: 'left' })
  await t.rejects(spool.store(chunks('ab', new Error('left'))), { message: 'left' })
  await spool.release()
  t.strictSame(readdirSync(directory), [])
})

test('Spool: a directory that is not there is an error of the file system', async (t) => {
  const directory = join(t.testdir(), 'missing')
  const spool = new Spool({ maxMemoryBytes: 0, directory })
  await t.rejects(spool.store(chunks('a')), { code: 'ENOENT' })
  await spool.release()
  t.notOk(existsSync(directory))
})

for (const maxMemoryBytes of [-1, NaN, '1mb']) {
  test(`Spool: refuses maxMemoryBytes ${String(maxMemoryBytes)}`, async (t) => {
    t.throws(() => new Spool({ maxMemoryBytes: maxMemoryBytes as number }), TypeError)
  })
}
