import { test } from 'tap'
import { UploadFile } from '../../../../lib/http/upload-file.ts'
import { Request } from '../../../../lib/request/request.ts'
import type { Receive } from '../../../../lib/spec/app.ts'
import { ClientDisconnected } from '../../../../lib/spec/violations.ts'
import { httpScope, receiveNothing, receiving, receivingBody } from '../../../support/messages.ts'
import { drain, multipartBytes } from '../../../support/multipart.ts'
import { refusal } from '../../../support/refusal.ts'

const multipart = 'multipart/form-data; boundary=b'
const urlencoded = 'application/x-www-form-urlencoded'
const twoParts = multipartBytes(
  '--b\nContent-Disposition: form-data; name="a"\n\n1\n' +
    '--b\nContent-Disposition: form-data; name="f"; filename="f.txt"\nContent-Type: text/x\n\nxyz\n--b--\n',
)

function post(contentType: string | null, receive: Receive, changes: Record<string, unknown> = {}): Request {
  const headers = contentType === null ? [] : [['content-type', contentType]]
  return new Request(httpScope({ method: 'POST', headers: headers as [string, string][], ...changes }), receive)
}

function postParts(changes: Record<string, unknown> = {}): Request {
  return post(multipart, receivingBody(twoParts.subarray(0, 70), twoParts.subarray(70)), changes)
}

test('Request: form() reads fields and files of a multipart form', async (t) => {
  const form = await postParts().form()
  t.equal(form.get('a'), '1')
  const file = form.get('f')
  if (!(file instanceof UploadFile)) throw new TypeError('expected a file')
  t.match(file, { name: 'f.txt', size: 3, mediaType: { essence: 'text/x' } })
  t.equal(file.headers.get('content-disposition'), 'form-data; name="f"; filename="f.txt"')
  t.equal(await file.text(), 'xyz')
})

test('Request: form() reads an urlencoded form, whose bytes stay readable', async (t) => {
  const request = post(urlencoded, receivingBody('a=1&', 'a=%32'))
  t.strictSame(
    [...(await request.form())],
    [
      ['a', '1'],
      ['a', '2'],
    ],
  )
  t.equal(await request.text(), 'a=1&a=%32')
})

test('Request: form() can be called again, and fails again', async (t) => {
  const request = postParts()
  t.equal(await request.form(), await request.form())
  const malformed = post(multipart, receivingBody('--c'))
  await t.rejects(malformed.form(), refusal(400))
  await t.rejects(malformed.form(), refusal(400))
})

test('Request: form() can be called after bytes()', async (t) => {
  const request = postParts()
  await request.bytes()
  t.equal((await request.form()).size, 2)
})

test('Request: form() cannot be called after stream(), nor bytes() after a multipart form()', async (t) => {
  const streamed = postParts()
  await drain(streamed.stream())
  await t.rejects(streamed.form(), { code: 'STELLINE_BODY_CONSUMED' })
  const read = postParts()
  await read.form()
  await t.rejects(read.bytes(), { code: 'STELLINE_BODY_CONSUMED' })
})

for (const contentType of [null, 'text/plain', 'application/json', 'multipart', 'multipart/mixed; boundary=b']) {
  test(`Request: form() answers 415 to the content-type ${contentType}, without reading the body`, async (t) => {
    await t.rejects(post(contentType, receiveNothing).form(), refusal(415))
    await t.rejects(post(contentType, receiveNothing).formStream().next(), refusal(415))
  })
}

test('Request: form() answers 413 to an announced length above the limit, without reading the body', async (t) => {
  const headers = [
    ['content-type', multipart],
    ['content-length', '1001'],
  ]
  const request = post(null, receiveNothing, { headers })
  await t.rejects(request.form({ limits: { maxBodyBytes: 1000 } }), refusal(413, 'The body is larger than 1000 bytes'))
})

test('Request: the limit of the scope counts for forms that have no limit of their own', async (t) => {
  await t.rejects(postParts({ max_body_bytes: 100 }).form(), refusal(413, 'The body is larger than 100 bytes'))
  await t.resolves(postParts({ max_body_bytes: 100 }).form({ limits: { maxBodyBytes: 1000 } }))
  await t.rejects(post(urlencoded, receivingBody('a=123'), { max_body_bytes: 4 }).form(), refusal(413))
})

test('Request: an urlencoded form is as large as its fields may be together', async (t) => {
  const request = post(urlencoded, receivingBody('a=123'))
  await t.rejects(request.form({ limits: { maxFieldsBytes: 4 } }), refusal(413, 'The body is larger than 4 bytes'))
})

test('Request: form() refuses options that switch limits off', async (t) => {
  await t.rejects(postParts().form({ limits: { maxFiles: NaN } }), TypeError)
  await t.rejects(postParts().form({ maxMemoryBytes: NaN }), TypeError)
})

test('Request: formStream() gives out the parts as they arrive', async (t) => {
  const seen: string[] = []
  for await (const part of postParts().formStream()) {
    seen.push(`${part.name} ${part.fileName} ${part.mediaType?.essence} ${await part.text()}`)
  }
  t.strictSame(seen, ['a null text/plain 1', 'f f.txt text/x xyz'])
})

test('Request: formStream() gives out the fields of an urlencoded form', async (t) => {
  const seen: string[] = []
  for await (const part of post(urlencoded, receivingBody('a=1&b=%C3%A9')).formStream()) {
    seen.push(`${part.name} ${part.fileName} ${part.headers.size} ${await part.text()}`)
  }
  t.strictSame(seen, ['a null 0 1', 'b null 0 é'])
})

test('Request: formStream() keeps limits', async (t) => {
  const parts = postParts().formStream({ limits: { maxFields: 0 } })
  await t.rejects(parts.next(), refusal(400, 'The form has more than 0 fields'))
})

test('Request: a client that leaves in the middle of a form is not a malformed form', async (t) => {
  const leaving = (): Receive =>
    receiving({ type: 'http.request', body: twoParts.subarray(0, 150), more_body: true }, { type: 'http.disconnect' })
  await t.rejects(post(multipart, leaving()).form(), ClientDisconnected)
  await t.rejects(async () => {
    for await (const part of post(multipart, leaving()).formStream()) await part.text()
  }, ClientDisconnected)
})

test('Request: a form is given up at the end of its block', async (t) => {
  let file: UploadFile
  {
    await using form = await postParts().form()
    file = form.get('f') as UploadFile
    t.equal(await file.text(), 'xyz')
  }
  await t.rejects(file.text(), { message: /^Cannot use a file of a form/ })
})
