import { test } from 'tap'
import { LocalBuckets, LocalWindows } from '../../../middleware/rate-limit/local-counters.ts'

const quota = { limit: 2, windowMs: 1000 }

for (const Counters of [LocalWindows, LocalBuckets]) {
  test(`${Counters.name}: beyond 10,000 the one that was not used for the longest time goes`, (t) => {
    const counters = new Counters(quota)
    const remaining = (key: string): number => counters.count(key, 0).remaining
    for (let index = 0; index < 10_000; index++) remaining(`key ${index}`)
    t.equal(remaining('key 0'), 0)
    remaining('one more')
    t.equal(counters.count('key 0', 0).allowed, false)
    t.equal(remaining('key 1'), 1)
    t.end()
  })

  test(`${Counters.name}: whose time is over begins anew`, (t) => {
    const counters = new Counters(quota)
    for (const key of ['a', 'a', 'b', 'b', 'c', 'c']) counters.count(key, 0)
    t.equal(counters.count('a', 0).allowed, false)
    t.equal(counters.count('d', 5000).remaining, 1)
    t.equal(counters.count('a', 5000).remaining, 1)
    t.end()
  })
}

test('LocalWindows: a clock that is put back a little begins no window anew', (t) => {
  const counters = new LocalWindows(quota)
  counters.count('a', 1000)
  t.equal(counters.count('a', 999).remaining, 0)
  t.equal(counters.count('a', 998).allowed, false)
  t.end()
})

test('LocalWindows: a clock that is put back far does not shut the door', (t) => {
  const counters = new LocalWindows(quota)
  for (let index = 0; index < 3; index++) counters.count('a', 1_000_000)
  t.equal(counters.count('a', 0).allowed, true)
  t.end()
})
