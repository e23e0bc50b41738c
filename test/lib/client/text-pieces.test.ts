import { test } from 'tap'
import { TextPieces } from '../../../lib/client/text-pieces.ts'

/** Pieces, the lines that each completes, and what is left. */
const texts: readonly (readonly [pieces: readonly string[], lines: readonly (readonly string[])[], rest: string])[] = [
  [[''], [[]], ''],
  [['a'], [[]], 'a'],
  [['a\n'], [['a']], ''],
  [['a\nb\nc'], [['a', 'b']], 'c'],
  [['a', 'b', 'c\nd', 'e\n\nf'], [[], [], ['abc'], ['de', '']], 'f'],
  [['\n', '\n'], [[''], ['']], ''],
]

for (const [pieces, lines, rest] of texts) {
  test(`TextPieces: ${JSON.stringify(pieces)}`, async (t) => {
    const text = new TextPieces('\n')

    t.strictSame(
      pieces.map((piece) => text.push(piece)),
      lines,
    )
    t.strictSame([text.rest(), text.rest()], [rest, ''])
  })
}

test('TextPieces: a line costs no more than its length, however many pieces it has', async (t) => {
  const text = new TextPieces(/\r\n|\n|\r/)
  const piece = 'a'.repeat(1000)

  // Looking at the whole of it with each piece would be to read 800 GB.
  for (let count = 0; count < 40_000; count++) text.push(piece)
  const [line] = text.push('\n')

  t.equal(line!.length, 40_000_000)
})
