import { test } from 'tap'
import { settled } from '../../../lib/spec/app.ts'
import { Deferred } from '../../../lib/testing/deferred.ts'
import { Pipe } from '../../../lib/testing/pipe.ts'

const small = (): Pipe<string> => new Pipe<string>({ limitBytes: 2, bytesOf: (item) => item.length })

test('Pipe: gives items in the order of writing, and the ending at every further read', async (t) => {
  const pipe = new Pipe<string>()
  void pipe.write('a')
  void pipe.write('b')
  pipe.end(() => 'end')
  t.equal(pipe.peek(), 'a')
  t.strictSame([await pipe.read(), await pipe.read(), await pipe.read(), await pipe.read()], ['a', 'b', 'end', 'end'])
})

test('Pipe: serves readers in the order in which they came', async (t) => {
  const pipe = new Pipe<string>()
  const readers = Promise.all([pipe.read(), pipe.read(), pipe.read()])
  t.ok(pipe.wanted)
  void pipe.write('a')
  void pipe.write('b')
  pipe.end(() => 'end')
  t.strictSame(await readers, ['a', 'b', 'end'])
})

test('Pipe: the last ending counts, and may throw', async (t) => {
  const pipe = new Pipe<string>()
  pipe.end(() => 'end')
  pipe.end(() => {
    throw new Error('failed')
  })
  await t.rejects(pipe.read(), { message: 'failed' })
})

test('Pipe.withdraw: takes back a reader that was not served', async (t) => {
  const pipe = new Pipe<string>()
  const reader = new Deferred<string>()
  void pipe.read(reader)
  t.ok(pipe.withdraw(reader))
  t.notOk(pipe.withdraw(reader))
  void pipe.write('a')
  t.equal(await pipe.read(), 'a')
})

test('Pipe: a writer waits above the limit until the reader has caught up', async (t) => {
  const pipe = small()
  const done: string[] = []
  t.equal(pipe.write('ab'), settled)
  const waiting = pipe.write('c').then(() => done.push('c'))
  await settled
  t.strictSame(done, [])
  await pipe.read()
  await waiting
  t.strictSame(done, ['c'])
})

test('Pipe.release: lets the writers go on and keeps what they wrote', async (t) => {
  const pipe = small()
  const waiting = pipe.write('abc')
  pipe.release()
  await t.resolves(waiting)
  t.equal(await pipe.read(), 'abc')
})

test('Pipe.discard: drops items, now and later, and has the last word', async (t) => {
  const pipe = small()
  const waiting = pipe.write('abc')
  pipe.discard(() => 'dropped')
  await t.resolves(waiting)
  t.equal(pipe.write('d'), settled)
  pipe.end(() => 'end')
  t.equal(await pipe.read(), 'dropped')
})

test('Pipe.cut: drops items, fails the writers and has the last word', async (t) => {
  const pipe = small()
  const waiting = pipe.write('abc')
  pipe.cut(() => 'cut')
  pipe.discard(() => 'dropped')
  await t.rejects(waiting, { code: 'EPIPE' })
  await t.rejects(pipe.write('d'), { code: 'EPIPE' })
  t.equal(await pipe.read(), 'cut')
})
