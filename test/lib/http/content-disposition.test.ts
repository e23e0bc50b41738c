import { test } from 'tap'
import { contentDisposition } from '../../../lib/http/content-disposition.ts'
import { isFieldValue } from '../../../lib/spec/field-syntax.ts'

/** RFC 6266 §4 and appendix D; RFC 8187 §3.2 for the extended form. */
const names: readonly (readonly [name: string, value: string])[] = [
  ['plans.pdf', 'attachment; filename=plans.pdf'],
  ['', 'attachment; filename=""'],
  ['the plans.pdf', 'attachment; filename="the plans.pdf"'],
  ['the "plans".pdf', 'attachment; filename="the \\"plans\\".pdf"'],
  ['a;b=c,d.txt', 'attachment; filename="a;b=c,d.txt"'],
  ['€ rates.txt', `attachment; filename="? rates.txt"; filename*=UTF-8''%E2%82%AC%20rates.txt`],
  ['naïve.txt', `attachment; filename="na?ve.txt"; filename*=UTF-8''na%C3%AFve.txt`],
  ['文件.txt', `attachment; filename="??.txt"; filename*=UTF-8''%E6%96%87%E4%BB%B6.txt`],
  // A client that decodes percent signs in plain names would see another one.
  ['the%20plans.pdf', `attachment; filename=the%20plans.pdf; filename*=UTF-8''the%2520plans.pdf`],
  // No line can be ended, no path can be named, no field be broken.
  ['a\r\nset-cookie: b=1', `attachment; filename="a??set-cookie: b=1"; filename*=UTF-8''a%0D%0Aset-cookie%3A%20b%3D1`],
  ['a\0b', `attachment; filename="a?b"; filename*=UTF-8''a%00b`],
  ['../../etc/passwd', 'attachment; filename=.._.._etc_passwd'],
  ['C:\\autoexec.bat', 'attachment; filename="C:_autoexec.bat"'],
  ['\ud800.txt', `attachment; filename="?.txt"; filename*=UTF-8''%EF%BF%BD.txt`],
]

for (const [name, value] of names) {
  test(`contentDisposition: ${JSON.stringify(name)}`, async (t) => {
    t.equal(contentDisposition('attachment', name), value)
    t.ok(isFieldValue(value))
  })
}

test('contentDisposition: does without a name', async (t) => {
  t.equal(contentDisposition('attachment'), 'attachment')
  t.equal(contentDisposition('inline'), 'inline')
  t.equal(contentDisposition('inline', 'a.txt'), 'inline; filename=a.txt')
})

test('contentDisposition: refuses another type', async (t) => {
  t.throws(
    () => contentDisposition('form-data' as 'inline'),
    new TypeError('Cannot set content-disposition "form-data": expected "attachment" or "inline"'),
  )
})
