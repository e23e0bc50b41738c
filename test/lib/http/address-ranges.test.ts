import { test } from 'tap'
import { AddressRanges } from '../../../lib/http/address-ranges.ts'

// RFC 4632 §3.1, RFC 4291 §2.2 and §2.5.5.2
const rows: ReadonlyArray<readonly [range: string, inside: readonly string[], outside: readonly string[]]> = [
  ['192.0.2.1', ['192.0.2.1', '::ffff:192.0.2.1', '::ffff:c000:201'], ['192.0.2.2', '192.0.2.10', '::192.0.2.1']],
  ['10.0.0.0/8', ['10.0.0.0', '10.255.255.255', '::FFFF:10.1.2.3'], ['11.0.0.0', '9.255.255.255', '::ffff:11.0.0.1']],
  ['192.0.2.4/30', ['192.0.2.4', '192.0.2.7'], ['192.0.2.3', '192.0.2.8']],
  ['0.0.0.0/0', ['1.2.3.4', '::ffff:1.2.3.4'], ['::1', '2001:db8::1']],
  ['::1', ['::1', '0:0:0:0:0:0:0:1', '0000::0001', '::1%lo'], ['::2', '127.0.0.1', '1::']],
  ['2001:db8::/32', ['2001:db8::', '2001:DB8:FFFF::1'], ['2001:db9::', '2001:db7:ffff::']],
  ['fe80::/10', ['fe80::1%eth0', 'febf::1'], ['fec0::1']],
  ['::ffff:127.0.0.0/104', ['127.0.0.1', '::ffff:127.9.9.9'], ['128.0.0.1']],
  ['::/0', ['::1', '2001:db8::1', '192.0.2.1'], []],
]

for (const [range, inside, outside] of rows) {
  test(`AddressRanges: ${range} has what its bits say, however it is written`, async (t) => {
    const ranges = new AddressRanges([range])
    for (const address of inside) t.equal(ranges.has(address), true, address)
    for (const address of outside) t.equal(ranges.has(address), false, address)
  })
}

test('AddressRanges: has no text that is not an address', async (t) => {
  const ranges = new AddressRanges(['0.0.0.0/0', '::/0'])
  for (const text of ['', 'testclient', '1.2.3', '1.2.3.256', '01.2.3.4', '1.2.3.4:80', '[::1]', '::1::', 'unknown']) {
    t.equal(ranges.has(text), false, text)
  }
})

test('AddressRanges: answers the same however often it is asked', async (t) => {
  const ranges = new AddressRanges(['10.0.0.0/8'])
  for (let i = 0; i < 3000; i++) ranges.has(`11.0.${i >> 8}.${i & 255}`)
  t.strictSame([ranges.has('10.0.0.1'), ranges.has('10.0.0.1'), ranges.has('11.0.0.1')], [true, true, false])
})

for (const [range, message] of [
  ['10.0.0.256', /Cannot use "10.0.0.256" as an address or range: expected one such as/],
  ['', /Cannot use ""/],
  ['example.org', /expected one such as/],
  ['fe80::1%eth0', /expected one such as/],
  ['10.0.0.0/33', /the prefix must be a number from 0 to 32/],
  ['10.0.0.0/', /the prefix must be a number/],
  ['10.0.0.0/8x', /the prefix must be a number/],
  ['::/129', /from 0 to 128/],
  ['10.0.0.1/8', /it has bits set behind its first 8/],
  [7 as unknown as string, /Cannot use 7/],
] as const) {
  test(`AddressRanges: refuses ${JSON.stringify(range)} when it is made`, async (t) => {
    t.throws(() => new AddressRanges([range]), { name: 'TypeError', message })
  })
}
