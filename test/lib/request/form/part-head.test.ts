import { test } from 'tap'
import { defaultFormLimits } from '../../../../lib/request/form/form-limits.ts'
import { parsePartHead } from '../../../../lib/request/form/part-head.ts'
import type { PartHead } from '../../../../lib/request/form/part-head.ts'
import { multipartBytes } from '../../../support/multipart.ts'
import { refusal } from '../../../support/refusal.ts'

const disposition = 'Content-Disposition: form-data; name="a"'

function parse(text: string, limits = {}): PartHead {
  return parsePartHead(multipartBytes(text).toString('latin1'), { ...defaultFormLimits, ...limits })
}

test('parsePartHead: reads the name, the file name and the media type', async (t) => {
  const head = parse(`${disposition}; filename="b.png"\nContent-Type: image/PNG; q=1`)
  t.match(head, { name: 'a', fileName: 'b.png', mediaType: { essence: 'image/png' } })
  t.equal(head.mediaType?.parameters.get('q'), '1')
})

test('parsePartHead: a part without a type is text/plain, one with a malformed type has none: RFC 7578 §4.4', async (t) => {
  t.equal(parse(disposition).mediaType?.essence, 'text/plain')
  t.equal(parse(`${disposition}\nContent-Type: `).mediaType, null)
  t.equal(parse(`${disposition}\nContent-Type: image`).mediaType, null)
})

test('parsePartHead: keeps every header field, names in lower case', async (t) => {
  const { headers } = parse(`${disposition}\nX-One:1\nx-one: \t2 \n__proto__: 3\nother!#$%&'*+-.^_\`|~: \xe9`)
  t.strictSame(
    [...headers],
    [
      ['content-disposition', 'form-data; name="a"'],
      ['x-one', '1'],
      ['x-one', '2'],
      ['__proto__', '3'],
      ["other!#$%&'*+-.^_`|~", '\xe9'],
    ],
  )
})

test('parsePartHead: a folded field is one: RFC 5322 §2.2.3', async (t) => {
  t.equal(parse(`${disposition}\nContent-Type:\n text/html;\n\t q=1`).headers.get('content-type'), 'text/html; q=1')
})

const refused: readonly (readonly [what: string, head: string, detail: string])[] = [
  ['no field', '', 'A part of the form has no content-disposition'],
  ['no content-disposition', 'Content-Type: text/plain', 'A part of the form has no content-disposition'],
  ['two of them', `${disposition}\n${disposition}`, 'A part of the form has more than one content-disposition'],
  [
    'two types',
    `${disposition}\nContent-Type: a/b\ncontent-type: a/b`,
    'A part of the form has more than one content-type',
  ],
  ['a line without a colon', `${disposition}\nabc`, 'A part of the form has a malformed header field'],
  ['a line without a name', `${disposition}\n: abc`, 'A part of the form has a malformed header field'],
  ['a space before the colon', `${disposition}\na : b`, 'A part of the form has a malformed header field'],
  ['a space before the first name', ` ${disposition}`, 'A part of the form has a malformed header field'],
  ['a name that is no token', `${disposition}\na<b: c`, 'A part of the form has a malformed header field'],
  ['a bare CR in a name', `${disposition}\na\rb: c`, 'A part of the form has a malformed header field'],
  ['a bare CR in a value', `${disposition}\na: b\rc`, 'A part of the form has a malformed header field'],
  ['NUL in a value', `${disposition}\na: b\0c`, 'A part of the form has a malformed header field'],
]

for (const [what, head, detail] of refused) {
  test(`parsePartHead: refuses ${what}`, async (t) => {
    t.throws(() => parse(head), refusal(400, detail))
  })
}

test('parsePartHead: refuses a bare LF', async (t) => {
  t.throws(() => parsePartHead(`${disposition}\na: b`, defaultFormLimits), refusal(400))
})

test('parsePartHead: refuses more fields than the limit', async (t) => {
  t.equal(parse(`${disposition}\na: 1`, { maxPartHeaders: 2 }).headers.size, 2)
  const detail = 'A part of the form has more than 2 header fields'
  t.throws(() => parse(`${disposition}\na: 1\nb: 2`, { maxPartHeaders: 2 }), refusal(400, detail))
})

test('parsePartHead: answers 413 to a name above the limit, counted in bytes', async (t) => {
  const named = (name: string): string =>
    `content-disposition: form-data; name="${Buffer.from(name).toString('latin1')}"`
  t.equal(parse(named('éé'), { maxNameBytes: 4 }).name, 'éé')
  const detail = 'The name of a field is larger than 4 bytes'
  t.throws(() => parse(named('ééé'), { maxNameBytes: 4 }), refusal(413, detail))
})

test('parsePartHead: takes time in proportion to the length', async (t) => {
  for (const unit of [' ', '\t', '\r\n ', '\r\n', 'a:', ':']) {
    const startedAt = performance.now()
    t.throws(() => parse(`a: ${unit.repeat(200_000)}\0`))
    t.ok(performance.now() - startedAt < 5000, `200,000 times ${JSON.stringify(unit)}`)
  }
})
