import { test } from 'tap'
import { withDefaults } from '../../../lib/servers/default-headers.ts'
import { currentDate } from '../../../lib/servers/http-date.ts'
import { responseHead } from '../../../lib/servers/response-text.ts'

const lines = { status: 200, reason: 'OK', headers: [], date: null, more: '' }

/** Source: RFC 9112 §4 and §5. */
const heads: ReadonlyArray<readonly [what: string, changes: object, text: string]> = [
  ['the least', {}, 'HTTP/1.1 200 OK\r\n\r\n'],
  ['an unknown status', { status: 299, reason: '' }, 'HTTP/1.1 299 \r\n\r\n'],
  ['fields in order', { headers: ['b', '1', 'a', '2', 'b', '3'] }, 'HTTP/1.1 200 OK\r\nb: 1\r\na: 2\r\nb: 3\r\n\r\n'],
  ['a date', { date: 'now' }, 'HTTP/1.1 200 OK\r\ndate: now\r\n\r\n'],
  ['a date of its own', { date: 'now', headers: ['date', 'then'] }, 'HTTP/1.1 200 OK\r\ndate: then\r\n\r\n'],
  ['a value called date', { date: 'now', headers: ['a', 'date'] }, 'HTTP/1.1 200 OK\r\na: date\r\ndate: now\r\n\r\n'],
  ['more lines', { headers: ['a', '1'], more: 'b: 2\r\n' }, 'HTTP/1.1 200 OK\r\na: 1\r\nb: 2\r\n\r\n'],
]
for (const [what, changes, text] of heads) {
  test(`responseHead: ${what}`, (t) => {
    t.equal(responseHead({ ...lines, ...changes }), text)
    t.end()
  })
}

test('withDefaults: adds the fields that are not there, by name', (t) => {
  t.same(withDefaults(['a', '1'], ['a', '2', 'b', '3', 'b', '4']), ['a', '1', 'b', '3', 'b', '4'])
  t.same(withDefaults(['x', 'a'], ['a', '1']), ['x', 'a', 'a', '1'])
  t.end()
})

test('currentDate: is now, to the second, in the form of RFC 9110', (t) => {
  const date = currentDate()

  t.match(date, /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/)
  t.ok(Math.abs(Date.parse(date) - Date.now()) < 2000)
  t.end()
})
