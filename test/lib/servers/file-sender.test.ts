import { test } from 'tap'
import { sendFile } from '../../../lib/servers/file-sender.ts'
import type { FileSource } from '../../../lib/spec/messages.ts'

/** A file in memory that gives no more than `atMost` bytes at once, and notes where it was read. */
function fileOf(content: string, atMost: number = Infinity): FileSource & { reads: Array<[number | null, number]> } {
  const bytes = Buffer.from(content)
  const reads: Array<[number | null, number]> = []
  let own = 0
  return {
    reads,
    async read(buffer, offset, length, position) {
      reads.push([position, length])
      const from = position ?? own
      const piece = bytes.subarray(from, from + Math.min(length, atMost))
      buffer.set(piece, offset)
      if (position === null) own += piece.length
      return { bytesRead: piece.length }
    },
  }
}

/** Sends a part of a file, and returns the pieces. */
async function piecesOf(file: FileSource, offset: number | null, count: number): Promise<string[]> {
  const pieces: string[] = []
  await sendFile({ file, offset, count }, async (piece) => void pieces.push(Buffer.from(piece).toString()))
  return pieces
}

const content = '0123456789'
const parts: ReadonlyArray<readonly [what: string, offset: number | null, count: number, sent: string]> = [
  ['the whole file', 0, 10, '0123456789'],
  ['a part', 2, 3, '234'],
  ['all from an offset', 7, Infinity, '789'],
  ['all from its own position', null, Infinity, '0123456789'],
  ['some from its own position', null, 4, '0123'],
  ['nothing', 3, 0, ''],
  ['no more than there is', 8, 100, '89'],
  ['nothing behind the end', 20, 5, ''],
]
for (const [what, offset, count, sent] of parts) {
  test(`sendFile: sends ${what}`, async (t) => {
    t.equal((await piecesOf(fileOf(content), offset, count)).join(''), sent)
  })

  test(`sendFile: sends ${what}, also in short reads`, async (t) => {
    t.equal((await piecesOf(fileOf(content, 3), offset, count)).join(''), sent)
  })
}

test('sendFile: a short read is one piece, and the next one begins behind it', async (t) => {
  const file = fileOf(content, 4)
  t.strictSame(await piecesOf(file, 1, 8), ['1234', '5678'])
  t.strictSame(file.reads, [
    [1, 8],
    [5, 4],
  ])
})

test("sendFile: from the file's own position no position is given", async (t) => {
  const file = fileOf(content, 6)
  await piecesOf(file, null, 10)
  t.strictSame(file.reads, [
    [null, 10],
    [null, 4],
  ])
})

test('sendFile: nothing is read when nothing is wanted', async (t) => {
  const file = fileOf(content)
  await piecesOf(file, 0, 0)
  t.strictSame(file.reads, [])
})

test('sendFile: a large file is read in pieces of 64 KiB', async (t) => {
  const pieces = await piecesOf(fileOf('x'.repeat(150_000)), 0, 150_000)
  t.strictSame(
    pieces.map((piece) => piece.length),
    [65_536, 65_536, 18_928],
  )
})

test('sendFile: each piece has a buffer of its own', async (t) => {
  const pieces: Uint8Array[] = []
  await sendFile({ file: fileOf(content, 5), offset: 0, count: 10 }, async (piece) => void pieces.push(piece))
  t.strictSame(
    pieces.map((piece) => Buffer.from(piece).toString()),
    ['01234', '56789'],
  )
  t.not(pieces[0]!.buffer, pieces[1]!.buffer)
})

test('sendFile: the next piece is read when the last one was taken', async (t) => {
  const file = fileOf(content, 5)
  let take!: () => void
  const taken = new Promise<void>((resolve) => {
    take = resolve
  })
  let first!: () => void
  const arrived = new Promise<void>((resolve) => {
    first = resolve
  })
  const sent = sendFile({ file, offset: 0, count: 10 }, () => {
    first()
    return taken
  })
  await arrived
  t.equal(file.reads.length, 1)
  take()
  await sent
  t.equal(file.reads.length, 2)
})

test('sendFile: a failure to read is passed on', async (t) => {
  const file: FileSource = { read: () => Promise.reject(new Error('EIO')) }
  await t.rejects(piecesOf(file, 0, 1), { message: 'EIO' })
})

test('sendFile: a piece that is not taken ends the reading', async (t) => {
  const file = fileOf(content, 2)
  await t.rejects(
    sendFile({ file, offset: 0, count: 10 }, () => Promise.reject(new Error('gone'))),
    { message: 'gone' },
  )
  t.equal(file.reads.length, 1)
})
