import { test } from 'tap'
import { withoutSpace } from '../../../lib/http/optional-space.ts'

const texts: readonly (readonly [text: string, without: string])[] = [
  ['', ''],
  ['a', 'a'],
  [' \t a b \t', 'a b'],
  [' \t ', ''],
  ['\u00a0a\u00a0', '\u00a0a\u00a0'],
  ['\na\r', '\na\r'],
]

for (const [text, without] of texts) {
  test(`withoutSpace: ${JSON.stringify(text)} is ${JSON.stringify(without)}`, async (t) => {
    t.equal(withoutSpace(text), without)
  })
}
