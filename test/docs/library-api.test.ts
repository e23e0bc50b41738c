import { test } from 'tap'
import library from '../../docs/examples/library-api.ts'
import { TestClient } from '../../lib/testing/test-client.ts'

test('library-api.ts: describes itself', async (t) => {
  await using client = await TestClient.open(library)
  const document = (await (await client.get('/openapi.json')).json()) as {
    paths: object
    components: { schemas: object }
  }
  t.strictSame(Object.keys(document.paths), ['/books/{id}', '/books', '/books/{id}/cover'])
  t.strictSame(Object.keys(document.components.schemas), ['Book-Input', 'Book-Output', 'ValidationProblem'])
  for (const page of ['/docs', '/redoc', '/scalar'])
    t.match(await (await client.get(page)).text(), '<title>Library</title>')
})

test('library-api.ts: does what it says', async (t) => {
  await using client = await TestClient.open(library)
  const added = await client.post('/books', { json: { title: 'Persuasion', pages: 249 }, headers: { 'x-key': 'k' } })
  t.equal(added.status, 201)
  t.strictSame(await added.json(), { title: 'Persuasion', pages: 249, language: 'en' })
  t.equal((await client.post('/books', { json: { title: 'x', pages: 1 } })).status, 401)
  t.match(await (await client.get('/books/2')).json(), { title: 'Persuasion' })
  t.equal((await client.get('/books/3')).status, 404)
  t.equal((await client.put('/books/1/cover', { files: { cover: 'x' } })).status, 204)
})
