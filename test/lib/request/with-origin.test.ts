import { test } from 'tap'
import { withOrigin } from '../../../lib/request/with-origin.ts'

test('withOrigin: an error that is thrown again and again tells of no request', async (t) => {
  const constant = new Error('none')
  const first = new Error('first')

  t.equal(withOrigin(constant, first), constant)
  t.equal(constant.cause, first)

  for (const next of ['second', 'third']) {
    withOrigin(constant, new Error(next))
    t.equal(constant.cause, undefined, next)
  }
  t.equal(first.cause, undefined)
})

test('withOrigin: a constant that is a cause tells of no request either, and keeps what others say', async (t) => {
  const constant = new Error('none')
  withOrigin(new Error('one', { cause: constant }), new Error('first'))
  constant.cause = 'said by the app'
  withOrigin(new Error('two', { cause: constant }), new Error('second'))
  t.equal(constant.cause, 'said by the app')
})

test('withOrigin: an error that the other one tells of gets no cause, so that there is no circle', async (t) => {
  const inner = new Error('inner')
  const outer = new Error('outer', { cause: inner })
  t.equal(withOrigin(inner, outer), inner)
  t.equal(inner.cause, undefined)
})

test('withOrigin: an error whose cause cannot be changed stays as it is', async (t) => {
  const fixed = new Error('fixed')
  Object.defineProperty(fixed, 'cause', { value: undefined })
  t.equal(withOrigin(fixed, new Error('first')), fixed)
  t.equal(fixed.cause, undefined)
})
