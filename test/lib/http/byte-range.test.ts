import { test } from 'tap'
import fc from 'fast-check'
import { contentRange, rangeLength, readRange, unsatisfiedRange } from '../../../lib/http/byte-range.ts'
import type { RangeRequest } from '../../../lib/http/byte-range.ts'
import { bestMs } from '../../support/best-time.ts'

const parts = (...ranges: (readonly [first: number, last: number])[]): RangeRequest => ({
  kind: 'parts',
  ranges: ranges.map(([first, last]) => ({ first, last })),
})
const whole: RangeRequest = { kind: 'whole' }
const unsatisfiable: RangeRequest = { kind: 'unsatisfiable' }
const noEquals: RangeRequest = { kind: 'malformed', reason: 'The Range field has no "="' }
const noRange: RangeRequest = { kind: 'malformed', reason: 'The Range field names no range' }
const reversed: RangeRequest = { kind: 'malformed', reason: 'A range of the Range field ends before it starts' }

/** RFC 9110 §14.1.2 and §14.2, of a representation of 10,000 bytes unless it says otherwise. */
const cases: readonly (readonly [value: string, asked: RangeRequest, size?: number])[] = [
  // The examples of §14.1.2.
  ['bytes=0-499', parts([0, 499])],
  ['bytes=500-999', parts([500, 999])],
  ['bytes=-500', parts([9500, 9999])],
  ['bytes=9500-', parts([9500, 9999])],
  ['bytes=0-0,-1', parts([0, 0], [9999, 9999])],
  ['bytes= 0-999, 4500-5499, -1000', parts([0, 999], [4500, 5499], [9000, 9999])],
  ['bytes=500-600,601-999', parts([500, 999])],
  ['bytes=500-700,601-999', parts([500, 999])],
  // Ends are clamped.
  ['bytes=0-', parts([0, 9999])],
  ['bytes=0-9999', parts([0, 9999])],
  ['bytes=0-10000', parts([0, 9999])],
  ['bytes=9999-99999999999999999999999999', parts([9999, 9999])],
  ['bytes=-10000', parts([0, 9999])],
  ['bytes=-1000000000', parts([0, 9999])],
  ['bytes=-99999999999999999999999999', parts([0, 9999])],
  // What lies beyond the end is left out; nothing left is 416.
  ['bytes=10000-', unsatisfiable],
  ['bytes=10000-10001', unsatisfiable],
  ['bytes=99999999999999999999999999-', unsatisfiable],
  ['bytes=-0', unsatisfiable],
  ['bytes=10000-,20000-', unsatisfiable],
  ['bytes=10000-,5-9', parts([5, 9])],
  ['bytes=-0,5-9', parts([5, 9])],
  // Sorted and merged.
  ['bytes=5-9,0-4', parts([0, 9])],
  ['bytes=20-29,0-9', parts([0, 9], [20, 29])],
  ['bytes=0-9,0-9,0-9', parts([0, 9])],
  ['bytes=0-99,10-19', parts([0, 99])],
  ['bytes=0-9,5-14,30-39,-5', parts([0, 14], [30, 39], [9995, 9999])],
  ['bytes=0-,-1', parts([0, 9999])],
  ['bytes=0-8,10-19', parts([0, 8], [10, 19])],
  // Units: §14.1. One that is not understood is ignored.
  ['Bytes=0-1', parts([0, 1])],
  ['bytes =0-1', parts([0, 1])],
  ['lines=0-1', whole],
  ['=0-1', whole],
  ['bytes2=0-1', whole],
  // Members that are none are ignored, as long as others are.
  ['bytes=,0-1,', parts([0, 1])],
  ['bytes=abc,0-1', parts([0, 1])],
  ['bytes=-,0-1', parts([0, 1])],
  ['bytes=5,0-1', parts([0, 1])],
  ['bytes=1-2-3,0-1', parts([0, 1])],
  ['bytes=+1-2,0-1', parts([0, 1])],
  ['bytes=1.5-2,0-1', parts([0, 1])],
  ['bytes=0x1-2,0-1', parts([0, 1])],
  ['bytes=1 - 2,0-1', parts([0, 1])],
  // Malformed.
  ['', noEquals],
  ['bytes', noEquals],
  ['bytes 0-1', noEquals],
  ['bytes=', noRange],
  ['bytes=,', noRange],
  ['bytes=-', noRange],
  ['bytes=abc', noRange],
  ['bytes=5', noRange],
  ['bytes=--5', noRange],
  ['bytes=5-4', reversed],
  ['bytes=0-1,5-4', reversed],
  ['bytes=20000-10000', reversed],
  // An empty representation.
  ['bytes=0-', unsatisfiable, 0],
  ['bytes=0-0', unsatisfiable, 0],
  ['bytes=-0', unsatisfiable, 0],
  ['bytes=-1', whole, 0],
  ['bytes=0-0', parts([0, 0]), 1],
  ['bytes=-1', parts([0, 0]), 1],
  ['bytes=1-', unsatisfiable, 1],
]

for (const [value, asked, size = 10_000] of cases) {
  test(`readRange: "${value}" of ${size} bytes`, async (t) => {
    t.strictSame(readRange(value, size), asked)
  })
}

test('readRange: takes 200 ranges and refuses 201, empty ones counted', async (t) => {
  const ranges = (count: number): string =>
    `bytes=${Array.from({ length: count }, (_, i) => `${i * 2}-${i * 2}`).join()}`
  const asked = readRange(ranges(200), 10_000)
  t.equal(asked.kind === 'parts' && asked.ranges.length, 200)
  t.strictSame(readRange(ranges(201), 10_000), unsatisfiable)
  t.strictSame(readRange(`bytes=${','.repeat(200)}0-1`, 10_000), unsatisfiable)
})

test('readRange: the limit is an option', async (t) => {
  t.strictSame(readRange('bytes=0-0,2-2', 10, { maxRanges: 1 }), unsatisfiable)
})

/** CVE-2025-62727: a list of ranges that took quadratic time to merge. */
const floods: readonly (readonly [what: string, value: string])[] = [
  ['50,000 ranges apart', `bytes=${Array.from({ length: 50_000 }, (_, i) => `${i * 3}-${i * 3 + 1}`).join()}`],
  ['50,000 ranges backwards', `bytes=${Array.from({ length: 50_000 }, (_, i) => `${150_000 - i * 3}-`).join()}`],
  ['50,000 equal ranges', `bytes=${'0-,'.repeat(50_000)}`],
  ['150,000 commas', `bytes=${','.repeat(150_000)}`],
  ['150,000 spaces', `bytes=0-${' '.repeat(150_000)}x`],
  ['150,000 digits', `bytes=${'1'.repeat(150_000)}-`],
  ['150,000 dashes', `bytes=${'-'.repeat(150_000)}`],
]

for (const [what, value] of floods) {
  test(`readRange: ${what} take no more than 10 ms`, async (t) => {
    t.ok(bestMs(() => readRange(value, 1_000_000)) <= 10)
  })
}

test('readRange: merges 50,000 ranges, where they are allowed, in the time that sorting takes', async (t) => {
  const asked = readRange(floods[0]![1], 1_000_000, { maxRanges: 50_000 })
  t.ok(bestMs(() => readRange(floods[0]![1], 1_000_000, { maxRanges: 50_000 })) < 500)
  t.equal(asked.kind === 'parts' && asked.ranges.length, 50_000)
})

test('readRange: gives exactly the bytes that were asked for, in ranges that neither touch nor overlap', async (t) => {
  const bound = fc.nat(40)
  const range = fc.oneof(
    fc.tuple(bound, bound).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
    fc.tuple(bound, fc.constant(null)),
    fc.tuple(fc.constant(null), fc.integer({ min: 1, max: 40 })),
  )
  const property = fc.property(
    fc.array(range, { minLength: 1, maxLength: 20 }),
    fc.integer({ min: 1, max: 30 }),
    (set, size) => {
      const asked = readRange(`bytes=${set.map(([a, b]) => `${a ?? ''}-${b ?? ''}`).join()}`, size)
      const wanted = Array.from({ length: size }, (_, i) =>
        set.some(([a, b]) => (a === null ? i >= size - b : i >= a && (b === null || i <= b))),
      )
      if (asked.kind !== 'parts') return asked.kind === 'unsatisfiable' && !wanted.includes(true)
      const given = Array.from({ length: size }, (_, i) =>
        asked.ranges.some(({ first, last }) => i >= first && i <= last),
      )
      const apart = asked.ranges.every((one, i) => i === 0 || one.first > asked.ranges[i - 1]!.last + 1)
      return apart && given.join() === wanted.join()
    },
  )
  t.doesNotThrow(() => fc.assert(property, { seed: 1, numRuns: 2000 }))
})

test('contentRange, unsatisfiedRange and rangeLength: RFC 9110 §14.4', async (t) => {
  t.equal(contentRange({ first: 0, last: 499 }, 1234), 'bytes 0-499/1234')
  t.equal(unsatisfiedRange(1234), 'bytes */1234')
  t.equal(rangeLength({ first: 0, last: 499 }), 500)
})
