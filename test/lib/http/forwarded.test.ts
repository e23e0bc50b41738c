import { test } from 'tap'
import { parseForwarded, parseForwardedList, parseForwardedNode } from '../../../lib/http/forwarded.ts'
import type { ForwardedElement, ForwardedNode } from '../../../lib/http/forwarded.ts'
import { bestMs } from '../../support/best-time.ts'

const element = (parts: Partial<ForwardedElement>): ForwardedElement => ({
  for: null,
  by: null,
  host: null,
  proto: null,
  ...parts,
})

/** RFC 7239 §4, with its examples. */
const forwarded: readonly (readonly [value: string, elements: readonly ForwardedElement[] | null])[] = [
  ['for="_gazonk"', [element({ for: '_gazonk' })]],
  ['For="[2001:db8:cafe::17]:4711"', [element({ for: '[2001:db8:cafe::17]:4711' })]],
  ['for=192.0.2.60;proto=http;by=203.0.113.43', [element({ for: '192.0.2.60', proto: 'http', by: '203.0.113.43' })]],
  ['for=192.0.2.43, for=198.51.100.17', [element({ for: '192.0.2.43' }), element({ for: '198.51.100.17' })]],
  ['host="example.org:8443";proto=https', [element({ host: 'example.org:8443', proto: 'https' })]],
  ['for=a ; proto=b\t,\t for=c', [element({ for: 'a', proto: 'b' }), element({ for: 'c' })]],
  ['for="a\\"b\\\\c"', [element({ for: 'a"b\\c' })]],
  ['for=a;secret=x', [element({ for: 'a' })]],
  ['for="a,b;c"', [element({ for: 'a,b;c' })]],
  [';for=a;;', [element({ for: 'a' })]],
  [',for=a,,', [element({ for: 'a' })]],
  ['', []],
  [' ', []],
  ['__proto__=x;constructor=y;for=a', [element({ for: 'a' })]],
  // A part of the truth would mislead.
  ['for=a;for=b', null],
  ['for=a;FOR=b', null],
  ['for', null],
  ['for=', null],
  ['=a', null],
  ['for =a', null],
  ['for= a', null],
  ['for=a b', null],
  ['for=[::1]', null],
  ['for=a:80', null],
  ['for="a', null],
  ['for="a"b', null],
  ['for="a\\', null],
  ['for=a, for="b', null],
  ['for=é€', null],
]

for (const [value, elements] of forwarded) {
  test(`parseForwarded: ${JSON.stringify(value)}`, async (t) => {
    t.strictSame(parseForwarded(value), elements)
  })
}

test('parseForwardedList: keeps the order, the nearest proxy last', async (t) => {
  t.strictSame(parseForwardedList('203.0.113.195, 2001:db8::1 ,,\t198.51.100.17'), [
    '203.0.113.195',
    '2001:db8::1',
    '198.51.100.17',
  ])
})

/** RFC 7239 §6, and what x-forwarded-for holds. */
const nodes: readonly (readonly [value: string, node: ForwardedNode | null])[] = [
  ['192.0.2.43', { host: '192.0.2.43', port: null }],
  ['192.0.2.43:47011', { host: '192.0.2.43', port: 47_011 }],
  ['[2001:db8:cafe::17]', { host: '2001:db8:cafe::17', port: null }],
  ['[2001:db8:cafe::17]:4711', { host: '2001:db8:cafe::17', port: 4711 }],
  ['[2001:DB8::1]:0', { host: '2001:DB8::1', port: 0 }],
  ['2001:db8::1', { host: '2001:db8::1', port: null }],
  ['::ffff:127.0.0.1', { host: '::ffff:127.0.0.1', port: null }],
  ['192.0.2.43:_secret', { host: '192.0.2.43', port: null }],
  ['192.0.2.43:65535', { host: '192.0.2.43', port: 65_535 }],
  ['192.0.2.43:65536', null],
  ['192.0.2.43:', null],
  ['192.0.2.43:x', null],
  ['192.0.2.256', null],
  ['192.0.2', null],
  ['0x7f.0.0.1', null],
  ['[192.0.2.43]', null],
  ['[2001:db8::1', null],
  ['[2001:db8::1]x', null],
  ['[::1::2]', null],
  ['unknown', null],
  ['_hidden', null],
  ['example.org', null],
  ['', null],
  [' 192.0.2.43', null],
  ['192.0.2.43\n', null],
]

for (const [value, node] of nodes) {
  test(`parseForwardedNode: ${JSON.stringify(value)}`, async (t) => {
    t.strictSame(parseForwardedNode(value), node)
  })
}

/** CVE-2025-25200 and kin: forwarded fields that took long to split. */
const floods: readonly string[] = [
  ' ',
  ',',
  ';',
  'for=a,',
  'for=a;',
  'for="',
  '"',
  '\\',
  'for="\\',
  ' ,',
  'for="a",',
  '1.',
  '[::',
  ':',
]

for (const part of floods) {
  test(`parseForwarded and its kin: 500,000 times ${JSON.stringify(part)} take linear time`, async (t) => {
    const value = part.repeat(500_000)
    const timeMs = bestMs(() => {
      parseForwarded(`${value}=`)
      parseForwardedList(value)
      parseForwardedNode(value)
    })
    t.ok(timeMs < 2000)
  })
}
