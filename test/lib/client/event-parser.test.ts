import { test } from 'tap'
import { EventParser } from '../../../lib/client/event-parser.ts'

/** Streams, and the events in them; HTML, 9.2.6, "Interpreting an event stream". */
const streams: readonly (readonly [what: string, stream: string, events: readonly (readonly string[])[]])[] = [
  ['one event', 'data: a\n\n', [['a', 'message', '']]],
  ['lines of data', 'data: a\ndata: b\n\n', [['a\nb', 'message', '']]],
  ['no space after the colon', 'data:a\n\n', [['a', 'message', '']]],
  ['two spaces after the colon', 'data:  a\n\n', [[' a', 'message', '']]],
  ['a field without a colon', 'data\n\n', [['', 'message', '']]],
  [
    'a type',
    'event: new\ndata: a\n\ndata: b\n\n',
    [
      ['a', 'new', ''],
      ['b', 'message', ''],
    ],
  ],
  [
    'an id that stays',
    'id: 1\ndata: a\n\ndata: b\n\n',
    [
      ['a', 'message', '1'],
      ['b', 'message', '1'],
    ],
  ],
  [
    'an empty id',
    'id: 1\ndata: a\n\nid\ndata: b\n\n',
    [
      ['a', 'message', '1'],
      ['b', 'message', ''],
    ],
  ],
  ['an id with NUL', 'id: 1\0\ndata: a\n\n', [['a', 'message', '']]],
  ['no data', 'event: new\nid: 1\n\ndata: a\n\n', [['a', 'message', '1']]],
  ['comments and unknown fields', ': ping\nretry: 10\nother: x\ndata: a\n\n', [['a', 'message', '']]],
  ['carriage returns', 'data: a\rdata: b\r\r', [['a\nb', 'message', '']]],
  ['both line ends', 'data: a\r\ndata: b\r\n\r\n', [['a\nb', 'message', '']]],
  ['an event that is cut off', 'data: a\n\ndata: b\n', [['a', 'message', '']]],
]

for (const [what, stream, events] of streams) {
  test(`EventParser: ${what}, whole and in pieces`, async (t) => {
    const whole = new EventParser()
    const pieces = new EventParser()

    const found = [whole.push(stream), stream.split('').flatMap((piece) => [...pieces.push(piece), ...pieces.push('')])]

    const expected = events.map(([data, event, id]) => ({ data, event, id }))
    t.strictSame(found, [expected, expected])
  })
}
