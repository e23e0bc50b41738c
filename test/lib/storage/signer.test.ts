import { test } from 'tap'
import { equalSecrets } from '../../../lib/storage/equal-secrets.ts'
import { Signer } from '../../../lib/storage/signer.ts'

const key = 'a key of at least thirty-two bytes'
const newer = 'another key of thirty-two bytes or more'

test('Signer: returns what it has signed, and when', (t) => {
  const signer = new Signer(key, { now: () => 1_700_000_000_999 })
  for (const value of ['', 'a', 'a.b.c', 'line\nbreak', 'ä\u{1f30d}']) {
    t.strictSame(signer.unsign(signer.sign(value)), { value, signedAtMs: 1_700_000_000_000 })
  }
  t.end()
})

test('Signer: notices every change of a character', (t) => {
  const signer = new Signer(key, { now: () => 1_700_000_000_000 })
  const signed = signer.sign('value')
  for (let index = 0; index < signed.length; index++) {
    const other = signed[index] === 'A' ? 'B' : 'A'
    t.equal(signer.unsign(signed.slice(0, index) + other + signed.slice(index + 1)), null, String(index))
  }
  t.end()
})

const unsigned = [
  '',
  '.',
  '..',
  'a',
  'a.b',
  'a.0.',
  `a.0.${'A'.repeat(42)}`,
  `a.0.${'A'.repeat(44)}`,
  `.${'.'.repeat(9)}`,
]

for (const text of unsigned) {
  test(`Signer: takes ${JSON.stringify(text)} for unsigned`, (t) => {
    t.equal(new Signer(key).unsign(text), null)
    t.end()
  })
}

test('Signer: a signature has one form, although base64 allows several for the same bytes', (t) => {
  const signer = new Signer(key)
  const signed = signer.sign('value')
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  // The last character of 32 bytes has two bits to spare.
  const twins = [1, 2, 3].map((step) => signed.slice(0, -1) + alphabet[alphabet.indexOf(signed.at(-1)!) ^ step])
  t.strictSame(
    twins.map((twin) => signer.unsign(twin)),
    [null, null, null],
  )
  t.equal(Buffer.from(twins[0]!.slice(-43), 'base64url').length, 32)
  t.end()
})

test('Signer: the current key signs, all keys verify', (t) => {
  const before = new Signer(key)
  const during = new Signer([newer, key])
  const after = new Signer([newer])
  t.equal(during.unsign(before.sign('a'))?.value, 'a')
  t.equal(after.unsign(during.sign('a'))?.value, 'a')
  t.equal(before.unsign(during.sign('a')), null)
  t.equal(after.unsign(before.sign('a')), null)
  t.end()
})

test('rule 48: during a rotation a signature of no key is refused', (t) => {
  const stranger = new Signer('the key of somebody else, of 32 bytes')
  t.equal(new Signer([newer, key]).unsign(stranger.sign('a')), null)
  t.end()
})

test('Signer: a signature for one purpose does not hold for another', (t) => {
  t.equal(new Signer(key, { purpose: 'reset' }).unsign(new Signer(key, { purpose: 'login' }).sign('a')), null)
  t.end()
})

test('Signer: a signature that is too old does not hold', (t) => {
  let nowMs = 1_700_000_000_000
  const signer = new Signer(key, { now: () => nowMs })
  const signed = signer.sign('a')
  nowMs += 5000
  t.equal(signer.unsign(signed, { maxAgeMs: 5000 })?.value, 'a')
  nowMs += 1
  t.equal(signer.unsign(signed, { maxAgeMs: 5000 }), null)
  t.equal(signer.unsign(signed)?.value, 'a')
  t.end()
})

test('Signer: forgives a clock that is a minute ahead, and no more', (t) => {
  const signed = new Signer(key, { now: () => 1_700_000_060_000 }).sign('a')
  t.equal(new Signer(key, { now: () => 1_700_000_000_000 }).unsign(signed)?.value, 'a')
  t.equal(new Signer(key, { now: () => 1_699_999_999_999 }).unsign(signed), null)
  t.end()
})

test('Signer: is linear in the length of what it is given', (t) => {
  const signer = new Signer(key)
  for (const text of ['.'.repeat(1_000_000), 'a.'.repeat(500_000), 'a'.repeat(1_000_000)]) {
    t.equal(signer.unsign(text), null)
  }
  t.end()
})

const refused: readonly [keys: unknown, message: string][] = [
  [[], 'Cannot make a signer: there are no keys, expected at least one'],
  [
    'secret',
    'Cannot make a signer: a key has 6 bytes, expected a secret of 32 bytes or more, for example from "openssl rand -base64 32"',
  ],
  [
    [key, ''],
    'Cannot make a signer: a key has 0 bytes, expected a secret of 32 bytes or more, for example from "openssl rand -base64 32"',
  ],
  [
    [undefined],
    'Cannot make a signer: a key is undefined, expected a secret of 32 bytes or more, for example from "openssl rand -base64 32"',
  ],
]

for (const [keys, message] of refused) {
  test(`Signer: refuses the keys ${JSON.stringify(keys)}`, (t) => {
    t.throws(() => new Signer(keys as string), { name: 'TypeError', message })
    t.end()
  })
}

test('equalSecrets: compares, whatever the lengths', (t) => {
  const pairs: readonly [string, string, boolean][] = [
    ['', '', true],
    ['ä', 'ä', true],
    ['a', 'b', false],
    ['a', 'aa', false],
    ['', 'a', false],
  ]
  for (const [one, other, equal] of pairs) t.equal(equalSecrets(one, other), equal)
  t.end()
})
