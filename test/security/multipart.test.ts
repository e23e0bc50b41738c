import { test } from 'tap'
import type { FormData } from '../../lib/http/form-data.ts'
import { parseMediaType } from '../../lib/http/media-type.ts'
import { UploadFile } from '../../lib/http/upload-file.ts'
import { Request } from '../../lib/request/request.ts'
import { httpScope, receivingBody } from '../support/messages.ts'
import { multipartBytes, piecesOf } from '../support/multipart.ts'
import { refusal } from '../support/refusal.ts'

/*
 * What has gone wrong in the form parsers of others, each with the identifier of its advisory.
 */

const mebibyte = 1_048_576

function formOf(contentType: string, ...pieces: readonly (string | Uint8Array)[]): Promise<FormData> {
  const scope = httpScope({ method: 'POST', headers: [['content-type', contentType]] })
  return new Request(scope, receivingBody(...pieces)).form()
}

const multipart = (...pieces: readonly (string | Uint8Array)[]): Promise<FormData> =>
  formOf('multipart/form-data; boundary=b', ...pieces)

const urlencoded = (...pieces: readonly (string | Uint8Array)[]): Promise<FormData> =>
  formOf('application/x-www-form-urlencoded', ...pieces)

const part = (disposition: string, content = ''): string =>
  `--b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`

for (const [what, disposition] of [
  ['files', 'name=f; filename=f'],
  ['fields', 'name=f'],
] as const) {
  test(`CVE-2023-30798, CVE-2023-25576, CVE-2023-25577: more than 1000 ${what} are refused before the body is read to its end`, async (t) => {
    t.equal((await multipart(`${part(disposition).repeat(1000)}--b--`)).size, 1000)
    const unfinished = [part(disposition).repeat(1001), new Uint8Array(0)]
    await t.rejects(multipart(...unfinished), refusal(400, `The form has more than 1000 ${what}`))
  })
}

test('CVE-2024-47874, CVE-2024-49767: a huge field is refused before the body is read to its end', async (t) => {
  await t.rejects(
    multipart(part('name=f', 'x'.repeat(mebibyte + 1)), ''),
    refusal(413, 'A field is larger than 1048576'),
  )
})

test('CVE-2024-47874: many large fields are refused together', async (t) => {
  const field = part('name=f', 'x'.repeat(mebibyte - 1000))
  await t.rejects(multipart(field, field, field, ''), refusal(413, 'What the fields hold together is larger than'))
})

test('CVE-2026-54283: urlencoded forms have the limits of multipart ones', async (t) => {
  await t.rejects(urlencoded('a&'.repeat(1001)), refusal(400, 'The form has more than 1000 fields'))
  await t.rejects(urlencoded(`a=${'x'.repeat(2 * mebibyte - 2)}`), refusal(413, 'A field is larger than 1048576 bytes'))
  await t.rejects(urlencoded('x'.repeat(2 * mebibyte)), refusal(413, 'The name of a field is larger than 1024'))
  await t.rejects(urlencoded(`a=${'x'.repeat(2 * mebibyte)}`), refusal(413, 'The body is larger than 2097152 bytes'))
})

test('CVE-2024-24762, CVE-2026-28356: a content-type is parsed in linear time', async (t) => {
  for (const unit of [';', '\\', '"', ' ', '=', '; a="', '\\"']) {
    const startedAt = performance.now()
    parseMediaType(`multipart/form-data; boundary=${unit.repeat(100_000)}!`)
    parseMediaType(`multipart/form-data; x="${unit.repeat(100_000)}`)
    t.ok(performance.now() - startedAt < 500, JSON.stringify(unit))
  }
})

test('CVE-2024-53981, CVE-2026-40347: line ends around the boundaries cost next to nothing', async (t) => {
  const blank = Buffer.from('\r\n'.repeat(4 * mebibyte))
  const body = Buffer.concat([blank, Buffer.from(`${part('name=a', '1')}--b--`), blank])
  const startedAt = performance.now()
  t.equal((await multipart(...piecesOf(body, 65_536))).get('a'), '1')
  t.ok(performance.now() - startedAt < 2000)
})

test('CVE-2026-24486: a file name is no path', async (t) => {
  for (const name of ['/etc/x', '../../x', 'C:\\x', '\\\\host\\share\\x', '..\\x', 'a/./x']) {
    const file = (await multipart(`${part(`name=f; filename="${name}"`)}--b--`)).get('f')
    t.equal(file instanceof UploadFile && file.name, 'x', name)
  }
})

test('CVE-2026-42561: the header of a part is bounded in number and length', async (t) => {
  const withFields = (fields: string): string =>
    `--b\r\nContent-Disposition: form-data; name=a\r\n${fields}\r\n\r\n\r\n--b--`
  t.equal((await multipart(withFields('a:\r\n'.repeat(7).slice(0, -2)))).size, 1)
  await t.rejects(
    multipart(withFields('a:\r\n'.repeat(8).slice(0, -2))),
    refusal(400, 'A part of the form has more than 8'),
  )
  await t.rejects(
    multipart(withFields(`a: ${'x'.repeat(4096)}`)),
    refusal(400, 'A part of the form has more than 4096'),
  )
})

test('python-multipart 0.0.28: a boundary of more than 256 bytes is refused', async (t) => {
  const boundary = 'b'.repeat(257)
  await t.rejects(formOf(`multipart/form-data; boundary=${boundary}`, `--${boundary}--`), refusal(400, 'The boundary'))
})

test('CVE-2026-53537: extended parameters do not count beside plain ones', async (t) => {
  const disposition = "name=a; name*=utf-8''b; filename=c.txt; filename*=utf-8''d.exe; filename*0=e.exe"
  const form = await multipart(`${part(disposition)}--b--`)
  const file = form.get('a')
  t.equal(file instanceof UploadFile && file.name, 'c.txt')
})

test('CVE-2026-53538: only "&" separates urlencoded fields', async (t) => {
  t.strictSame([...(await urlencoded('a=1;b=2'))], [['a', '1;b=2']])
})

test('CVE-2023-46136: a body of carriage returns is searched in linear time', async (t) => {
  const content = Buffer.alloc(8 * mebibyte, '\r')
  const body = Buffer.concat([
    Buffer.from('--b\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\n'),
    content,
  ])
  const startedAt = performance.now()
  await t.rejects(multipart(...piecesOf(body, 65_536)), refusal(400))
  t.ok(performance.now() - startedAt < 2000)
})

test('CVE-2022-24434, CVE-2025-47944, CVE-2025-48997, CVE-2025-7338: every malformed form ends in a refusal', async (t) => {
  const head = '--b\nContent-Disposition: form-data; name='
  for (const body of [
    `--b\n  Content-Disposition: form-data; name=a\n\n1\n--b--`,
    `${head}a\n`,
    `${head}a\n\n`,
    `${head}a; filename=\n\n1\n--b--`,
    `${head}\n\n1\n--b--`,
    `--b\n\n\n--b--`,
    `--b\n--b\n--b--`,
    `--b\n--b--`,
    '--b',
    '--',
    '\n',
    '',
    `${head}a\n\n1\n--b-`,
    `${head}a\0\n\n1\n--b--`,
  ]) {
    await t.rejects(multipart(multipartBytes(body)), refusal(400), JSON.stringify(body))
  }
})

test('busboy: empty and missing names; the names "undefined" and "__proto__" are ordinary', async (t) => {
  await t.rejects(multipart(`${part('filename=f')}--b--`), refusal(400, 'A part of the form has no name'))
  const form = await multipart(`${part('name=""', '1')}${part('name=__proto__', '2')}${part('name=0', '3')}--b--`)
  t.strictSame(
    [...form],
    [
      ['', '1'],
      ['__proto__', '2'],
      ['0', '3'],
    ],
  )
  t.equal(form.get('undefined'), null)
})

test('busboy: file names are UTF-8', async (t) => {
  const form = await multipart(Buffer.from(`${part('name=f; filename="naïve ☃.txt"')}--b--`))
  const file = form.get('f')
  t.equal(file instanceof UploadFile && file.name, 'naïve ☃.txt')
})

test('CVE-2024-45590, qs, CVE-2026-77078: names with brackets, dots and digits make no structure', async (t) => {
  const names = ['a[b][c]', 'a[]', 'a[]', '__proto__[x]', '__proto__.x', 'constructor.prototype.x', '0', '99999999']
  const form = await urlencoded(names.map((name) => `${name}=1`).join('&'))
  t.strictSame([...form.keys()], names)
  t.equal(({} as Record<string, unknown>)['x'], undefined)
})

test('fastify CVE-2022-39288, CVE-2026-25223, CVE-2026-33806: one reading of the media type counts', async (t) => {
  for (const contentType of [
    'multipart/form-data;\tboundary=b; x',
    'application/json, multipart/form-data; boundary=b',
    'application/x-www-form-urlencoded foo',
    'x multipart/form-data; boundary=b',
    '[]',
  ]) {
    await t.rejects(formOf(contentType, `${part('name=a')}--b--`), refusal(415), contentType)
  }
})

test('JS 42: a compressed form is refused, since nobody bounds what it grows to', async (t) => {
  const headers = [
    ['content-type', 'application/x-www-form-urlencoded'],
    ['content-encoding', 'gzip'],
  ] as const
  const request = new Request(httpScope({ method: 'POST', headers: [...headers] }), receivingBody('a=1'))
  await t.rejects(request.form(), refusal(415, 'The body has a content-encoding'))
})
