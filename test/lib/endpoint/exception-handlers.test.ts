import { test } from 'tap'
import { z } from 'zod'
import { exceptionHandler, ExceptionHandlers } from '../../../lib/endpoint/exception-handlers.ts'
import { HTTPException } from '../../../lib/exceptions/http-exception.ts'

class NotFound extends HTTPException {
  constructor() {
    super(404)
  }
}
class Narrow extends RangeError {}

const handler = (name: string): (() => never) =>
  Object.defineProperty((): never => undefined as never, 'name', { value: name })
const keys = { 404: 404, 410: 410, HTTPException, NotFound, RangeError, Error } as const

/** Keys of handlers, an error, and the key that answers it. */
const lookups: readonly (readonly [keys: readonly (keyof typeof keys)[], error: unknown, found: string | null])[] = [
  [[404, HTTPException.name as 'HTTPException'], new HTTPException(404), '404'],
  [['NotFound', 404], new NotFound(), '404'],
  [['NotFound', 'HTTPException'], new NotFound(), 'NotFound'],
  [['HTTPException'], new NotFound(), 'HTTPException'],
  [[404], new HTTPException(410), null],
  [['RangeError', 'Error'], new Narrow(), 'RangeError'],
  [['Error'], new Narrow(), 'Error'],
  [['RangeError'], new TypeError(), null],
  [['Error'], 'a string', null],
  [['Error'], null, null],
  [['Error'], undefined, null],
  [['RangeError'], Object.assign(new TypeError(), { constructor: RangeError }), null],
  [[404], { status: 404 }, null],
  [['Error'], Object.create(null), null],
]

for (const [names, error, found] of lookups) {
  test(`ExceptionHandlers: of ${names.join(', ')}, ${found} answers ${String(error === null || typeof error !== 'object' ? error : Object.prototype.toString.call(error))}`, async (t) => {
    const handlers = new ExceptionHandlers(names.map((name) => [keys[name], handler(String(name))]))
    t.equal(handlers.find(error)?.name ?? null, found)
  })
}

test('ExceptionHandlers: a later handler replaces an earlier one for the same key', async (t) => {
  const handlers = new ExceptionHandlers([
    [404, handler('earlier')],
    [404, handler('later')],
  ])
  t.equal(handlers.find(new HTTPException(404))!.name, 'later')
})

test('ExceptionHandlers: looks into its own layer before an outer one', async (t) => {
  const inner = new ExceptionHandlers([[HTTPException, handler('inner')]])
  const outer = new ExceptionHandlers([
    [404, handler('outer')],
    [RangeError, handler('range')],
  ])
  const both = inner.within(outer)
  t.equal(both.find(new HTTPException(404))!.name, 'inner')
  t.equal(both.find(new RangeError())!.name, 'range')
  t.equal(both.find(new TypeError()), null)
})

test('ExceptionHandlers: refuses keys that are neither a status nor a class', async (t) => {
  for (const key of ['404', 99, 1000, 4.5, null, {}, () => {}]) {
    t.throws(() => new ExceptionHandlers([[key as never, handler('x')]]), /expected a status or a class of errors/)
  }
})

test('exceptionHandler: pairs a key with a handler', async (t) => {
  const known = handler('known')
  t.strictSame(exceptionHandler(404, known), [404, known])
})

test('ExceptionHandlers: a class that decides who is an instance is asked, before the classes that do not', async (t) => {
  const answer = handler('ZodError')
  const handlers = new ExceptionHandlers([
    [Error, handler('Error')],
    [z.ZodError, answer],
  ])

  t.equal(handlers.find(z.string().safeParse(1).error), answer)
  t.equal(handlers.find(new RangeError())?.name, 'Error')
})
