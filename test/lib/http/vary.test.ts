import { test } from 'tap'
import { mergeVary } from '../../../lib/http/vary.ts'
import { bestMs } from '../../support/best-time.ts'

/** RFC 9110 §12.5.5. */
const cases: readonly (readonly [present: string | null, names: readonly string[], merged: string])[] = [
  [null, ['Origin'], 'Origin'],
  ['', ['Origin'], 'Origin'],
  [' , ', ['Origin'], 'Origin'],
  ['Accept', [], 'Accept'],
  [null, [], ''],
  ['Accept', ['Origin', 'Cookie'], 'Accept, Origin, Cookie'],
  ['Accept, ORIGIN', ['origin', 'accept'], 'Accept, ORIGIN'],
  ['Accept', ['Origin', 'origin'], 'Accept, Origin'],
  ['Accept-Encoding', ['Accept'], 'Accept-Encoding, Accept'],
  ['*', ['Origin'], '*'],
  ['Accept, *', ['Origin'], '*'],
  ['Accept', ['Origin', '*'], '*'],
  [null, ['*'], '*'],
]

for (const [present, names, merged] of cases) {
  test(`mergeVary: ${JSON.stringify(present)} and ${names.join() || 'nothing'} give "${merged}"`, async (t) => {
    t.equal(mergeVary(present, names), merged)
  })
}

test('mergeVary: a long list takes linear time', async (t) => {
  const present = Array.from({ length: 20_000 }, (_, index) => `x-${index}`).join()
  const names = Array.from({ length: 20_000 }, (_, index) => `y-${index}`)
  t.ok(bestMs(() => mergeVary(present, names)) < 1000)
})
