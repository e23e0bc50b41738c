import { test } from 'tap'
import { parseMediaType } from '../../../../lib/http/media-type.ts'
import { formCoding } from '../../../../lib/request/form/form-media-type.ts'
import type { FormCoding } from '../../../../lib/request/form/form-media-type.ts'
import { refusal } from '../../../support/refusal.ts'

const accepted: readonly (readonly [contentType: string, coding: FormCoding])[] = [
  ['application/x-www-form-urlencoded', { type: 'urlencoded' }],
  ['Application/X-WWW-Form-URLencoded; charset=utf-8', { type: 'urlencoded' }],
  ['multipart/form-data; boundary=abc', { type: 'multipart', boundary: 'abc' }],
  ['Multipart/Form-Data;charset=utf-8;BOUNDARY="a b"', { type: 'multipart', boundary: 'a b' }],
  ['multipart/form-data; boundary=----=_Part/1:2; charset=utf-8', { type: 'multipart', boundary: '----=_Part/1:2' }],
  [`multipart/form-data; boundary=${'b'.repeat(256)}`, { type: 'multipart', boundary: 'b'.repeat(256) }],
]

for (const [contentType, coding] of accepted) {
  test(`formCoding: ${contentType.slice(0, 80)}`, async (t) => {
    t.strictSame(formCoding(parseMediaType(contentType), null), coding)
  })
}

const refused: readonly (readonly [contentType: string, status: number, detail: string])[] = [
  ['', 415, 'The body is not declared as a form'],
  ['text/plain', 415, 'The body is not declared as a form'],
  ['application/json', 415, 'The body is not declared as a form'],
  ['multipart/mixed; boundary=abc', 415, 'The body is not declared as a form'],
  ['text/plain; multipart/form-data; boundary=abc', 415, 'The body is not declared as a form'],
  ['multipart/form-data; boundary=abc, multipart/form-data; boundary=def', 415, 'The body is not declared as a form'],
  ['multipart/form-data', 400, 'The content-type of the form has no boundary'],
  ['multipart/form-data; boundary=""', 400, 'The content-type of the form has no boundary'],
  [`multipart/form-data; boundary=${'b'.repeat(257)}`, 400, 'The boundary of the form is longer than 256 bytes'],
]

for (const [contentType, status, detail] of refused) {
  test(`formCoding: refuses ${JSON.stringify(contentType.slice(0, 80))} with ${status}`, async (t) => {
    t.throws(() => formCoding(parseMediaType(contentType), null), refusal(status, detail))
  })
}

test('formCoding: refuses a content coding, which nobody has undone', async (t) => {
  const mediaType = parseMediaType('application/x-www-form-urlencoded')
  t.throws(() => formCoding(mediaType, 'gzip'), refusal(415, 'The body has a content-encoding'))
  t.strictSame(formCoding(mediaType, 'Identity'), { type: 'urlencoded' })
})
