import { test } from 'tap'
import { encodeBytes, encodeText } from '../../../lib/http/percent-encoding.ts'

test('encodeBytes: every unit is one byte', async (t) => {
  t.equal(encodeBytes('a \xe9\xff\n', /[^a-z]/g), 'a%20%E9%FF%0A')
})

test('encodeText: characters are encoded as UTF-8, a lone surrogate as U+FFFD', async (t) => {
  t.equal(encodeText('a é€😀\ud800', /[^a-z]+/g), 'a%20%C3%A9%E2%82%AC%F0%9F%98%80%EF%BF%BD')
})
