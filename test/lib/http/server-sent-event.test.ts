import { test } from 'tap'
import { Headers } from '../../../lib/http/headers.ts'
import { encodeEvent, lastEventId } from '../../../lib/http/server-sent-event.ts'
import type { ServerSentEvent } from '../../../lib/http/server-sent-event.ts'

/** https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream */
const events: readonly (readonly [event: ServerSentEvent | string, text: string])[] = [
  ['a', 'data: a\n\n'],
  ['', 'data: \n\n'],
  [{ data: 'a' }, 'data: a\n\n'],
  [{ data: ' a: b' }, 'data:  a: b\n\n'],
  [{ data: 'a\nb\rc\r\nd\n\re\n' }, 'data: a\ndata: b\ndata: c\ndata: d\ndata: \ndata: e\ndata: \n\n'],
  [{ event: 'add', id: '1', retry: 0, data: 'a' }, 'event: add\nid: 1\nretry: 0\ndata: a\n\n'],
  [{ id: '' }, 'id: \n\n'],
  [{ retry: 3000 }, 'retry: 3000\n\n'],
  [{ comment: 'hello\r\nworld' }, ': hello\n: world\n\n'],
  [{ comment: 'c', data: 'a' }, ': c\ndata: a\n\n'],
  [{}, '\n'],
]

for (const [event, text] of events) {
  test(`encodeEvent: ${JSON.stringify(event)}`, async (t) => {
    t.equal(encodeEvent(event), text)
  })
}

test('encodeEvent: only CR and LF end a line', async (t) => {
  t.equal(encodeEvent('a\u2028b\u0085c\0\v\f'), 'data: a\u2028b\u0085c\0\v\f\n\n')
})

test('CVE-2026-33128, GHSA-4hxc-9384-m385, GHSA-p6xx-57qc-3wxr: no text can begin another field or event', async (t) => {
  for (const end of ['\n', '\r', '\r\n', '\n\r', '\r\r']) {
    const text = encodeEvent({ data: `a${end}event: evil${end}${end}data: b`, comment: `c${end}id: 1` })
    const lines = text.slice(0, -2).split('\n')
    t.ok(
      lines.every((line) => /^(?:data)?: [^\r\n]*$/.test(line)),
      JSON.stringify(end),
    )
  }
})

const refused: readonly (readonly [event: unknown, message: RegExp])[] = [
  [null, /^Cannot send null as an event: expected a string or an object with "data"$/],
  [1, /^Cannot send 1 as an event/],
  [{ data: 1 }, /^Cannot send an event: data is 1, expected a string$/],
  [{ comment: 1 }, /^Cannot send an event: comment is 1, expected a string$/],
  ...['a\nb', 'a\rb', 'a\0b', 1].flatMap((text): [unknown, RegExp][] => [
    [{ event: text }, /^Cannot send an event: event is .+, expected a string without CR, LF and NUL$/],
    [{ id: text }, /^Cannot send an event: id is .+, expected a string without CR, LF and NUL$/],
  ]),
  ...[-1, 1.5, NaN, Infinity, '1'].map((retry): [unknown, RegExp] => [
    { retry },
    /^Cannot send an event: retry is .+, expected a whole number of milliseconds$/,
  ]),
]

for (const [event, message] of refused) {
  test(`encodeEvent: refuses ${JSON.stringify(event)}`, async (t) => {
    t.throws(() => encodeEvent(event as string), { name: 'TypeError', message })
  })
}

test('lastEventId: reads the header as UTF-8', async (t) => {
  t.equal(lastEventId(new Headers()), null)
  t.equal(lastEventId(new Headers({ 'last-event-id': '' })), '')
  t.equal(lastEventId(new Headers({ 'last-event-id': Buffer.from('é1').toString('latin1') })), 'é1')
})
