import { test } from 'tap'
import { UploadFile } from '../../../lib/http/upload-file.ts'
import { Request } from '../../../lib/request/request.ts'
import { JSONResponse } from '../../../lib/response/json-response.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import { app } from './raw-apps.ts'

/** Answers with what it finds in a form. */
const formReader = app({
  async http(scope, receive, send) {
    await using form = await new Request(scope, receive, send).form()
    const found: unknown[] = []
    for (const [name, value] of form) {
      if (value instanceof UploadFile) found.push([name, value.name, value.mediaType?.essence, await value.text()])
      else found.push([name, value])
    }
    await new JSONResponse(found).respond(scope, receive, send)
  },
})

test('TestClient: an app reads the fields and the files that a test sends', async (t) => {
  await using client = await TestClient.open(formReader)

  const response = await client.post('/', {
    form: { title: 'Grüße', tag: ['a', 'b'] },
    files: {
      note: { name: 'größe "1".txt', content: 'text' },
      photos: [new File(['jpeg'], 'a.jpg', { type: 'image/jpeg' }), new Uint8Array([0x78])],
    },
  })

  t.strictSame(await response.json(), [
    ['title', 'Grüße'],
    ['tag', 'a'],
    ['tag', 'b'],
    ['note', 'größe "1".txt', 'text/plain', 'text'],
    ['photos', 'a.jpg', 'image/jpeg', 'jpeg'],
    ['photos', 'photos', 'application/octet-stream', 'x'],
  ])
})

test('TestClient: a large file is sent piece by piece', async (t) => {
  await using client = await TestClient.open(formReader)

  const response = await client.post('/', { files: { big: new Blob(['x'.repeat(300_000)]) } })
  const [[name, , , content]] = await response.json<[[string, string, string, string]]>()

  t.equal(name, 'big')
  t.equal(content.length, 300_000)
})
