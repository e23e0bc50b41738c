import { test } from 'tap'
import { colonName } from '../../../../lib/endpoint/contract/colon-name.ts'

/** Paths, and the name that they give to a segment as other routers do. */
const rows: readonly (readonly [path: string, name: string | null])[] = [
  ['/:id', 'id'],
  ['/users/:id', 'id'],
  ['/users/:id/books/:book', 'id'],
  ['/users/{id}/books/:book', 'book'],
  [String.raw`/users/:id(\d+)`, 'id'],
  ['/users/:id?', 'id'],
  ['/flights/:from-:to', 'from'],
  ['/:_id', '_id'],
  // Literal text, RFC 3986 §3.3: a colon may stand anywhere in a segment.
  ['/users/{id:int}', null],
  ['/v1/books:batchGet', null],
  ['/v1/{book}:archive', null],
  ['/users/:', null],
  ['/users/:1', null],
  ['/users/::id', null],
  ['/a:/b', null],
  ['', null],
]

for (const [path, name] of rows) {
  test(`colonName: ${JSON.stringify(path)} has ${name ?? 'none'}`, async (t) => {
    t.equal(colonName(path), name)
  })
}
