import { test } from 'tap'
import { parseDisposition } from '../../../../lib/request/form/disposition.ts'
import { refusal } from '../../../support/refusal.ts'

const latin1 = (text: string): string => Buffer.from(text).toString('latin1')

/** RFC 7578 §4.2, HTML "multipart/form-data encoding algorithm", and what clients send beside it. */
const accepted: readonly (readonly [value: string, name: string, fileName: string | null])[] = [
  ['form-data; name="a"', 'a', null],
  ['Form-Data;NAME=a', 'a', null],
  ['form-data ; name="a" ; filename="b.txt" ;', 'a', 'b.txt'],
  ['form-data; filename="b.txt"; name="a"', 'a', 'b.txt'],
  ['form-data; name=""', '', null],
  ['form-data; name="a"; filename=""', 'a', ''],
  ['form-data; name=a; filename=b_c.txt', 'a', 'b_c.txt'],
  ['form-data; name=a[b][0]', 'a[b][0]', null],
  ['form-data; name="a"; other="x"', 'a', null],
  [latin1('form-data; name="é"; filename="☃.txt"'), 'é', '☃.txt'],
  ['form-data; name="a"; filename="\xff.txt"', 'a', '\ufffd.txt'],
  // Browsers escape three characters.
  ['form-data; name="a%22b%0D%0ac"; filename="x%22.txt"', 'a"b\r\nc', 'x".txt'],
  ['form-data; name="100%25"', '100%25', null],
  // Other clients escape by a backslash.
  ['form-data; name="a"; filename="foo \\"bar\\""', 'a', 'foo "bar"'],
  ['form-data; name="a\\\\b"', 'a\\b', null],
  // A path is not a name.
  ['form-data; name="a"; filename="/etc/passwd"', 'a', 'passwd'],
  ['form-data; name="a"; filename="../../b.txt"', 'a', 'b.txt'],
  ['form-data; name="a"; filename="C:\\dir\\b.txt"', 'a', 'b.txt'],
  ['form-data; name="a"; filename="C:\\\\dir\\\\b.txt"', 'a', 'b.txt'],
  ['form-data; name="a"; filename="b/.."', 'a', ''],
  ['form-data; name="a"; filename="."', 'a', ''],
  // Extended parameters do not count, whatever they say.
  ['form-data; name="a"; filename*=utf-8\'\'b.txt', 'a', null],
  ['form-data; name="a"; filename="b.txt"; filename*=utf-8\'\'c.exe', 'a', 'b.txt'],
  ['form-data; name="a"; name*=utf-8\'\'b', 'a', null],
  ['form-data; name="a"; filename*0="b"; filename*1=".txt"', 'a', null],
  ['form-data; name="__proto__"; filename="constructor"', '__proto__', 'constructor'],
]

for (const [value, name, fileName] of accepted) {
  test(`parseDisposition: reads ${JSON.stringify(value)}`, async (t) => {
    t.strictSame(parseDisposition(value), { name, fileName })
  })
}

const refused: readonly (readonly [value: string, detail: string])[] = [
  ['', 'A part of the form has no content-disposition of type form-data'],
  ['attachment; name="a"', 'A part of the form has no content-disposition'],
  ['form-data-2; name="a"', 'A part of the form has no content-disposition'],
  ['form-data', 'A part of the form has no name'],
  ['form-data; filename="a"', 'A part of the form has no name'],
  ["form-data; name*=utf-8''a", 'A part of the form has no name'],
  ['form-data; name', 'A part of the form has a malformed content-disposition'],
  ['form-data; name=', 'A part of the form has a malformed content-disposition'],
  ['form-data; name="a', 'A part of the form has a malformed content-disposition'],
  ['form-data; name="a"b', 'A part of the form has a malformed content-disposition'],
  ['form-data; name="a", form-data; name="b"', 'A part of the form has a malformed content-disposition'],
  ['form-data; name="a"; name="b"', 'A part of the form has a content-disposition that repeats'],
  ['form-data; name="a"; filename="b"; FileName="c"', 'A part of the form has a content-disposition that repeats'],
  ['form-data; name="a"; filename="b%0d%0a.txt"', 'The name of a file has control characters'],
  ['form-data; name="a"; filename="b\0.txt"', 'The name of a file has control characters'],
  ['form-data; name="a"; filename="b\x7f"', 'The name of a file has control characters'],
  [latin1('form-data; name="a"; filename="b\x85"'), 'The name of a file has control characters'],
]

for (const [value, detail] of refused) {
  test(`parseDisposition: refuses ${JSON.stringify(value)}`, async (t) => {
    t.throws(() => parseDisposition(value), refusal(400, detail))
  })
}

test('parseDisposition: takes time in proportion to the length', async (t) => {
  for (const unit of ['\\', ';', ' ', '"', '\\"', '; a=', '=']) {
    const value = `form-data; name="${unit.repeat(500_000)}`
    const startedAt = performance.now()
    t.throws(() => parseDisposition(value))
    t.ok(performance.now() - startedAt < 1000, `500,000 times ${JSON.stringify(unit)}`)
  }
})
