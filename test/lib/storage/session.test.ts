import { test } from 'tap'
import { Session } from '../../../lib/storage/session.ts'

test('Session: is read when it is looked at, and once', (t) => {
  let reads = 0
  const session = new Session(() => {
    reads++
    return '{"a":1}'
  })
  t.strictSame([session.accessed, reads], [false, 0])
  t.equal(session.get('a'), 1)
  t.equal(session.has('b'), false)
  t.strictSame([session.accessed, reads], [true, 1])
  t.end()
})

test('Session: holds values by name', (t) => {
  const session = new Session(() => null)
  session.set('a', 1)
  session.set('b', { c: [2] })
  session.delete('a')
  session.delete('never')
  t.strictSame([session.get('a'), session.get('b'), session.size, session.keys()], [undefined, { c: [2] }, 1, ['b']])
  session.clear()
  t.strictSame([session.size, session.serialize()], [0, ''])
  t.end()
})

test('Session: shows nested changes', (t) => {
  const session = new Session(() => '{"cart":{"items":[1]}}')
  ;(session.get('cart') as { items: number[] }).items.push(2)
  t.equal(session.before, '{"cart":{"items":[1]}}')
  t.equal(session.serialize(), '{"cart":{"items":[1,2]}}')
  t.end()
})

test('Session: what was read and not changed is the same text', (t) => {
  for (const text of ['{"b":1,"a":[{"x":null}],"1":2.5}', '{"":""}', '{"__proto__":1}']) {
    const made = new Session(() => text)
    const again = new Session(() => made.serialize())
    t.equal(again.get('none'), undefined)
    t.equal(again.serialize(), again.before)
  }
  t.end()
})

test('rule 9: names of the prototype chain are names like others', (t) => {
  const session = new Session(() => '{"__proto__":{"admin":true}}')
  t.strictSame([session.get('constructor'), session.has('toString')], [undefined, false])
  t.equal(session.get('admin'), undefined)
  t.strictSame(session.get('__proto__'), { admin: true })
  t.equal(session.serialize(), '{"__proto__":{"admin":true}}')
  t.end()
})

for (const text of ['', 'null', '1', '"a"', '{', '{}', '[]']) {
  test(`Session: takes ${JSON.stringify(text)} for an empty one`, (t) => {
    const session = new Session(() => text)
    t.strictSame([session.size, session.existed, session.serialize()], [0, false, ''])
    t.end()
  })
}

test('Session: knows whether it was there before, and whether it gets a new id', (t) => {
  const session = new Session(() => '{"a":1}')
  session.rotate()
  t.strictSame([session.existed, session.rotated], [true, true])
  t.end()
})

for (const value of [undefined, () => 1, Symbol('s'), 1n]) {
  test(`Session: refuses ${String(value)}`, (t) => {
    const session = new Session(() => null)
    t.throws(() => session.set('a', value), {
      name: 'TypeError',
      message: /^Cannot keep "a" in the session: JSON has no word for /,
    })
    t.end()
  })
}
