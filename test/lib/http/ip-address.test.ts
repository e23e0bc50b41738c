import { isIPv6 } from 'node:net'
import fc from 'fast-check'
import { test } from 'tap'
import { isIPv6Address } from '../../../lib/http/ip-address.ts'

/** https://www.rfc-editor.org/rfc/rfc4291#section-2.2 */
const addresses: readonly (readonly [text: string, holds: boolean])[] = [
  ['::', true],
  ['::1', true],
  ['1::', true],
  ['2001:db8::1', true],
  ['1:2:3:4:5:6:7:8', true],
  ['1:2:3:4:5:6:7::', true],
  ['::ffff:192.0.2.1', true],
  ['1:2:3:4:5:6:192.0.2.1', true],
  ['1:2:3:4:5:192.0.2.1', false],
  ['1:2:3:4:5:6:7:192.0.2.1', false],
  ['192.0.2.1::', false],
  ['1.2.3.4', false],
  ['::1.2.3', false],
  ['::1.2.3.256', false],
  ['::01.2.3.4', false],
  ['1:2:3:4::5:6:7:8', false],
  ['1::2::3', false],
  [':::', false],
  ['1:2:3:4:5:6:7:', false],
  [':1:2:3:4:5:6:7', false],
  ['12345::', false],
  ['g::', false],
  ['', false],
]

for (const [text, holds] of addresses) {
  test(`isIPv6Address: ${JSON.stringify(text)} is ${holds ? 'one' : 'none'}`, async (t) => {
    t.equal(isIPv6Address(text), holds)
  })
}

test('isIPv6Address: agrees with node:net on 20,000 texts', async (t) => {
  const part = fc.constantFrom('::', ':', ':', '1', 'ab', 'ABCD', '12345', '1.2.3.4', '0', '255.0.10.1', '.', 'g')
  const text = fc.array(part, { maxLength: 17 }).map((parts) => parts.join(''))
  const near = fc.ipV6().chain((address) => fc.constantFrom(address, `${address}:`, `:${address}`, `${address}::1`))
  const property = fc.property(fc.oneof(text, near), (asked) => isIPv6Address(asked) === isIPv6(asked))
  t.doesNotThrow(() => fc.assert(property, { numRuns: 20_000 }))
})
