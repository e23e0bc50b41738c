import { test } from 'tap'
import { Headers } from '../../../../lib/http/headers.ts'
import { FetchHeaders } from '../../../../lib/servers/fetch/fetch-headers.ts'

const headers = (fields: Record<string, string>): FetchHeaders =>
  new FetchHeaders(new Request('http://example.org/', { headers: fields }), 'example.org')

test('FetchHeaders: are those of the request, as Headers has them', async (t) => {
  const fields = headers({ accept: '*/*', 'X-Name': 'Ada' })
  const pairs = [
    ['host', 'example.org'],
    ['accept', '*/*'],
    ['x-name', 'Ada'],
  ]

  t.strictSame([...fields], pairs)
  t.strictSame([...fields.entries()], pairs)
  t.strictSame([...fields.keys()], ['host', 'accept', 'x-name'])
  t.strictSame([...fields.values()], ['example.org', '*/*', 'Ada'])
  t.strictSame(fields.flat, pairs.flat())
  t.equal(fields.size, 3)
  t.equal(fields.get('x-NAME'), 'Ada')
  t.strictSame(fields.getAll('accept'), ['*/*'])
  t.strictSame([fields.has('accept'), fields.has('cookie')], [true, false])
  t.ok(fields.equals(new Headers(fields)))
  t.equal(Headers.from(fields), fields)
})

test('FetchHeaders: a host that the request names counts', async (t) => {
  const fields = headers({ host: 'other.example' })
  t.strictSame(fields.getAll('host'), ['other.example'])
})

test('FetchHeaders: what is no name is absent', async (t) => {
  t.equal(headers({}).get('no name'), null)
})

/** Requests, and how their body is announced. */
const announced: readonly (readonly [what: string, init: RequestInit, field: [string, string] | null])[] = [
  ['text', { method: 'POST', body: 'text' }, ['transfer-encoding', 'chunked']],
  ['nothing', { method: 'POST' }, null],
  ['no body that GET may have', { method: 'GET' }, null],
  ['a known length', { method: 'PUT', body: 'text', headers: { 'content-length': '4' } }, ['content-length', '4']],
]

for (const [what, init, field] of announced) {
  test(`FetchHeaders: announce ${what} as HTTP/1.1 does, RFC 9112 §6`, async (t) => {
    const fields = new FetchHeaders(new Request('http://example.org/', init), 'example.org')
    const framing = [...fields].filter(([name]) => name === 'content-length' || name === 'transfer-encoding')
    t.strictSame(framing, field === null ? [] : [field])
  })
}
