import { test } from 'tap'
import {
  formatEntityTag,
  parseEntityTag,
  parseEntityTags,
  strongMatch,
  weakMatch,
} from '../../../lib/http/entity-tag.ts'
import type { EntityTag } from '../../../lib/http/entity-tag.ts'
import { bestMs } from '../../support/best-time.ts'

const strong = (opaque: string): EntityTag => ({ opaque, weak: false })
const weak = (opaque: string): EntityTag => ({ opaque, weak: true })

/** RFC 9110 §8.8.3: entity-tag = [ weak ] opaque-tag. */
const tags: readonly (readonly [value: string, tag: EntityTag | null])[] = [
  ['"xyzzy"', strong('xyzzy')],
  ['W/"xyzzy"', weak('xyzzy')],
  ['""', strong('')],
  ['"a,b"', strong('a,b')],
  ['"a\\b"', strong('a\\b')],
  ['"\xe9"', strong('\xe9')],
  ['w/"xyzzy"', null],
  ['xyzzy', null],
  ['"xyzzy', null],
  ['xyzzy"', null],
  ['"a b"', null],
  ['"a"b"', null],
  ['"a"x', null],
  ['"a", "b"', null],
  [' "a"', null],
  ['*', null],
  ['', null],
  ['W/', null],
  ['W/ "a"', null],
]

for (const [value, tag] of tags) {
  test(`parseEntityTag: ${JSON.stringify(value)}`, async (t) => {
    t.strictSame(parseEntityTag(value), tag)
  })
}

/** RFC 9110 §13.1.1 and §13.1.2. What is no tag is left out, as a wrong one would not match either. */
const lists: readonly (readonly [value: string, tags: readonly EntityTag[] | '*'])[] = [
  ['*', '*'],
  [' * ', '*'],
  ['"a"', [strong('a')]],
  ['"a", W/"b" ,"c"', [strong('a'), weak('b'), strong('c')]],
  [',, "a",\t,"b",', [strong('a'), strong('b')]],
  ['"a,b", "c"', [strong('a,b'), strong('c')]],
  ['"a" "b"', []],
  ['a, "b"', [strong('b')]],
  ['"a, "b"', [strong('b')]],
  ['*, "a"', [strong('a')]],
  ['', []],
]

for (const [value, expected] of lists) {
  test(`parseEntityTags: ${JSON.stringify(value)}`, async (t) => {
    t.strictSame(parseEntityTags(value), expected)
  })
}

/** RFC 9110 §8.8.3.2, the table of comparisons. */
const comparisons: readonly (readonly [one: string, other: string, strong: boolean, weak: boolean])[] = [
  ['W/"1"', 'W/"1"', false, true],
  ['W/"1"', 'W/"2"', false, false],
  ['W/"1"', '"1"', false, true],
  ['"1"', 'W/"1"', false, true],
  ['"1"', '"1"', true, true],
]

for (const [one, other, strongly, weakly] of comparisons) {
  test(`strongMatch and weakMatch: ${one} and ${other}`, async (t) => {
    const [a, b] = [parseEntityTag(one)!, parseEntityTag(other)!]
    t.equal(strongMatch(a, b), strongly)
    t.equal(weakMatch(a, b), weakly)
  })
}

test('formatEntityTag: writes what parseEntityTag reads', async (t) => {
  t.equal(formatEntityTag(weak('a,b')), 'W/"a,b"')
  t.equal(formatEntityTag(strong('')), '""')
})

const long: readonly string[] = ['"a", ', '"', ',', ' ', 'W/"', '"a,', 'a,']

for (const part of long) {
  test(`parseEntityTags: is linear in ${JSON.stringify(part)}`, async (t) => {
    const value = `${part.repeat(200_000)}x`
    t.ok(bestMs(() => parseEntityTags(value)) < 500)
  })
}

test('formatEntityTag: an opaque part that would end the tag or the field is refused', async (t) => {
  for (const opaque of ['a"b', 'a b', 'a\r\nb', '€', '\x7f']) {
    t.throws(() => formatEntityTag({ opaque, weak: false }), {
      name: 'TypeError',
      message: /^Cannot write the entity tag ".+": expected bytes without quotes, spaces and control characters$/,
    })
  }
})
