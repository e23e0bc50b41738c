import { test } from 'tap'
import { HTTPException } from '../../../lib/exceptions/http-exception.ts'
import { decodeText, parseJSON } from '../../../lib/request/body-content.ts'
import { refusal } from '../../support/refusal.ts'

/** RFC 3629; the byte order mark is dropped as https://encoding.spec.whatwg.org/#utf-8-decode says. */
const texts: readonly (readonly [what: string, bytes: Uint8Array, text: string])[] = [
  ['nothing', new Uint8Array(), ''],
  ['ASCII', Buffer.from('abc'), 'abc'],
  ['all lengths', Buffer.from('é€😀'), 'é€😀'],
  ['a byte order mark', Buffer.from('\ufeffa\ufeff'), 'a\ufeff'],
  ['a replacement character that was sent', Buffer.from('a\ufffd'), 'a\ufffd'],
  ['a part of a larger array', new Uint8Array(Buffer.from('xabcx')).subarray(1, 4), 'abc'],
]

for (const [what, bytes, text] of texts) {
  test(`decodeText: ${what}`, async (t) => {
    t.equal(decodeText(bytes), text)
    t.equal(decodeText(new Uint8Array(bytes)), text)
  })
}

const notUTF8: readonly (readonly [what: string, bytes: readonly number[]])[] = [
  ['a lone continuation', [0x80]],
  ['a cut sequence', [0x61, 0xe2, 0x82]],
  ['an overlong form', [0xc0, 0xaf]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ['latin-1', [0x61, 0xe9]],
]

for (const [what, bytes] of notUTF8) {
  test(`decodeText: ${what} is not UTF-8`, async (t) => {
    t.throws(() => decodeText(Uint8Array.from(bytes)), refusal(400, 'The body is not valid UTF-8'))
    t.throws(() => parseJSON(Uint8Array.from([0x22, ...bytes, 0x22])), refusal(400))
  })
}

test('parseJSON: parses JSON, also after a byte order mark', async (t) => {
  t.strictSame(parseJSON(Buffer.from('{"a": [1, null, "é"]}')), { a: [1, null, 'é'] })
  t.strictSame(parseJSON(Buffer.from('\ufeff1')), 1)
})

test('parseJSON: __proto__ is an ordinary key', async (t) => {
  const value = parseJSON(Buffer.from('{"__proto__": {"admin": true}, "constructor": 1}')) as Record<string, unknown>
  t.strictSame(Object.keys(value), ['__proto__', 'constructor'])
  t.equal(value['admin'], undefined)
  t.equal(({} as Record<string, unknown>)['admin'], undefined)
})

/** RFC 8259. The detail never repeats what the client sent. */
const malformed: readonly (readonly [body: string, detail: string])[] = [
  ['', 'The body is empty, expected JSON'],
  ['{', 'The body is not valid JSON at line 1, column 2'],
  ['{"a":', 'The body is not valid JSON at line 1, column 6'],
  ['{"a" 1}', 'The body is not valid JSON at line 1, column 6'],
  ['<script>', 'The body is not valid JSON at line 1, column 1'],
  ['NaN', 'The body is not valid JSON at line 1, column 1'],
  [' ', 'The body is not valid JSON at line 1, column 2'],
]

for (const [body, detail] of malformed) {
  test(`parseJSON: ${JSON.stringify(body)} is refused`, async (t) => {
    t.throws(() => parseJSON(Buffer.from(body)), refusal(400, detail))
  })
}

test('parseJSON: keeps the reason for logs', async (t) => {
  try {
    parseJSON(Buffer.from('{'))
    t.fail('it must throw')
  } catch (error) {
    t.type(error, HTTPException)
    t.type((error as HTTPException).cause, SyntaxError)
  }
})

test('JS 43: parseJSON answers 400 to deep nesting, which would overflow the stack of those who walk through it', async (t) => {
  const nested = (depth: number): Buffer => Buffer.from('['.repeat(depth) + ']'.repeat(depth))
  t.doesNotThrow(() => parseJSON(nested(200)))
  t.throws(() => parseJSON(nested(201)), refusal(400, 'The body nests deeper than 200 levels'))
  t.throws(() => parseJSON(nested(500_000)), refusal(400, 'The body nests deeper than 200 levels'))
  t.throws(() => parseJSON(nested(500_000).subarray(0, -1)), refusal(400, 'The body is not valid JSON'))
  t.throws(() => parseJSON(nested(2), 1), refusal(400, 'The body nests deeper than 1 levels'))
})
