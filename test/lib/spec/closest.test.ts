import { test } from 'tap'
import { closest } from '../../../lib/spec/closest.ts'

const words = ['--port', '--host', '--help', '--max-header-bytes']

const mistyped: readonly (readonly [word: string, meant: string | null])[] = [
  ['--port', '--port'],
  ['--prot', '--port'],
  ['--por', '--port'],
  ['--ports', '--port'],
  ['--hosst', '--host'],
  ['--max-heder-byte', '--max-header-bytes'],
  ['--max-bytes', null],
  ['--nonsense', null],
  ['', null],
]

for (const [word, meant] of mistyped) {
  test(`closest: ${JSON.stringify(word)} was meant to be ${String(meant)}`, async (t) => {
    t.equal(closest(word, words), meant)
  })
}

test('closest: nothing is close where there are no words', async (t) => {
  t.equal(closest('a', []), null)
})
