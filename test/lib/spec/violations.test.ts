import { test } from 'tap'
import { ClientDisconnected, ProtocolViolation, show, sideOf } from '../../../lib/spec/violations.ts'

test('ProtocolViolation.outOfOrder: names the event, the state and what the state allows', async (t) => {
  const violation = ProtocolViolation.outOfOrder('send', 'b', 'early', ['a', 'c'])
  t.equal(violation.message, 'Cannot send "b": the state is "early", expected "a" or "c"')
  t.match(violation, { side: 'application', code: 'STELLINE_PROTOCOL_VIOLATION', name: 'ProtocolViolation' })
})

test('ProtocolViolation.outOfOrder: says when nothing is allowed any more', async (t) => {
  const violation = ProtocolViolation.outOfOrder('receive', 'b', 'over', [])
  t.equal(violation.message, 'Cannot receive "b": the state is "over", expected no further message')
  t.equal(violation.side, 'server')
})

test('ProtocolViolation.badValue: names the key, what it holds and what is expected', async (t) => {
  const sent = ProtocolViolation.badValue('send', 'x', 'status', '200', 'an integer')
  const received = ProtocolViolation.badValue('receive', 'x', 'body', 7, 'bytes')
  t.equal(sent.message, 'Cannot send "x": status is "200", expected an integer')
  t.equal(received.message, 'Cannot receive "x": body is 7, expected bytes')
})

test('ProtocolViolation.badValue: escapes a type that came from outside', async (t) => {
  t.match(ProtocolViolation.badValue('send', 'a\n\x9bb', 'k', 1, 'x').message, String.raw`Cannot send "a\n\u009bb":`)
})

test('sideOf: the application answers for what is sent', async (t) => {
  t.equal(sideOf('send'), 'application')
  t.equal(sideOf('receive'), 'server')
})

test('ClientDisconnected: has the code of a broken pipe', async (t) => {
  t.match(new ClientDisconnected(), { code: 'EPIPE', message: 'Cannot send: the client has disconnected' })
  t.equal(new ClientDisconnected('other words').message, 'other words')
})

class Cup {
  readonly full = true
}
const circle: unknown[] = []
circle.push(circle)

const shown: ReadonlyArray<readonly [value: unknown, text: string]> = [
  ['text', '"text"'],
  ['a\n\x1b[31m\x7f\x9b\u2028', String.raw`"a\n\u001b[31m\u007f\u009b\u2028"`],
  ['x'.repeat(1000), `"${'x'.repeat(78)}…`],
  [new Uint8Array(3), 'Uint8Array of 3 bytes'],
  [Buffer.from('four'), 'Buffer of 4 bytes'],
  [[['a', 'b'], 1], '[["a", "b"], 1]'],
  [Array.from({ length: 1000 }, () => 1), `[${'1, '.repeat(26)}…`],
  [circle, '[[[an array]]]'],
  [new Cup(), 'an object of class Cup'],
  [{ constructor: 7 }, 'an object of class Object'],
  [Object.create(null), 'an object of class null'],
  [() => 1, 'a function'],
  [undefined, 'undefined'],
  [null, 'null'],
  [1n, '1'],
  [Symbol('s'), 'Symbol(s)'],
]

test('show: shows a value short, on one line and without control characters', async (t) => {
  for (const [value, text] of shown) t.equal(show(value), text)
})
