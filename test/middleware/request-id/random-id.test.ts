import { test } from 'tap'
import { randomId } from '../../../middleware/request-id/random-id.ts'

const many = Array.from({ length: 1000 }, () => randomId())

// RFC 9562 §5.4: version 4 and the variant 10.
test('randomId: every id is a random UUID', (t) => {
  for (const id of many) t.match(id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
  t.end()
})

test('randomId: no two are the same', (t) => {
  t.equal(new Set(many).size, many.length)
  t.end()
})

test('randomId: every digit is random', (t) => {
  const fixed = new Set([8, 13, 14, 18, 19, 23])
  for (let i = 0; i < 36; i++) {
    const seen = new Set(many.map((id) => id[i]))
    if (!fixed.has(i)) t.equal(seen.size, 16, `digit ${i}`)
  }
  t.end()
})
