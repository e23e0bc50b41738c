import { test } from 'tap'
import { fileContentType, fileMediaType } from '../../../lib/http/file-media-type.ts'

const types: readonly (readonly [path: string, contentType: string])[] = [
  ['/a/index.html', 'text/html; charset=utf-8'],
  ['INDEX.HTML', 'text/html; charset=utf-8'],
  ['app.js', 'text/javascript; charset=utf-8'],
  ['app.mjs', 'text/javascript; charset=utf-8'],
  ['app.css', 'text/css; charset=utf-8'],
  ['note.txt', 'text/plain; charset=utf-8'],
  ['data.json', 'application/json'],
  ['app.webmanifest', 'application/manifest+json'],
  ['module.wasm', 'application/wasm'],
  ['logo.svg', 'image/svg+xml'],
  ['photo.png', 'image/png'],
  ['backup.tar.gz', 'application/gzip'],
  ['file.unheard-of', 'application/octet-stream'],
  ['README', 'application/octet-stream'],
  ['html', 'application/octet-stream'],
  ['.html', 'application/octet-stream'],
  ['a.html/b', 'application/octet-stream'],
  ['a.constructor', 'application/octet-stream'],
  ['a.__proto__', 'application/octet-stream'],
  ['a.', 'application/octet-stream'],
  ['', 'application/octet-stream'],
]

for (const [path, contentType] of types) {
  test(`fileContentType: ${JSON.stringify(path)} is ${contentType}`, async (t) => {
    t.equal(fileContentType(path), contentType)
  })
}

test('fileMediaType: says when it does not know', async (t) => {
  t.equal(fileMediaType('a.html'), 'text/html')
  t.equal(fileMediaType('a.unheard-of'), null)
  t.equal(fileMediaType('a'), null)
})
