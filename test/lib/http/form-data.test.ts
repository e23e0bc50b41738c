import { test } from 'tap'
import { FormData } from '../../../lib/http/form-data.ts'
import { UploadFile } from '../../../lib/http/upload-file.ts'

const file = new UploadFile({ name: 'a.txt', content: Buffer.from('abc') })
const form = new FormData([
  ['a', '1'],
  ['f', file],
  ['a', '2'],
  ['__proto__', 'x'],
])

test('FormData: get() returns the first value of a name, or null', async (t) => {
  t.equal(form.get('a'), '1')
  t.equal(form.get('f'), file)
  t.equal(form.get('b'), null)
})

test('FormData: getAll() returns every value of a name in order', async (t) => {
  t.strictSame(form.getAll('a'), ['1', '2'])
  t.strictSame(form.getAll('b'), [])
})

test('FormData: names of the prototype chain are ordinary names', async (t) => {
  t.equal(form.get('__proto__'), 'x')
  t.equal(form.has('constructor'), false)
  t.equal(form.get('constructor'), null)
})

test('FormData: keeps the order and counts duplicates', async (t) => {
  t.equal(form.size, 4)
  t.strictSame([...form.keys()], ['a', 'f', 'a', '__proto__'])
  t.strictSame([...form.values()], ['1', file, '2', 'x'])
  t.strictSame([...form], [...form.entries()])
  t.strictSame([...form][2], ['a', '2'])
})

test('FormData: can be empty', async (t) => {
  const empty = new FormData()
  t.equal(empty.size, 0)
  await empty.close()
})

test('FormData: gives its files up at the end of its block', async (t) => {
  const calls: string[] = []
  {
    await using held = new FormData([], async () => void calls.push('released'))
    t.equal(held.size, 0)
    t.strictSame(calls, [])
  }
  t.strictSame(calls, ['released'])
})
