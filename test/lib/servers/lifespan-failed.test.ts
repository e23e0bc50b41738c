import { test } from 'tap'
import { LifespanFailed } from '../../../lib/servers/lifespan-failed.ts'

test('LifespanFailed: carries the words of the app', async (t) => {
  const error = new LifespanFailed('start-up', 'no database')
  t.match(error, { name: 'LifespanFailed', code: 'STELLINE_LIFESPAN_FAILED', phase: 'start-up' })
  t.equal(error.message, 'The app failed at start-up: no database')
  t.notOk('cause' in error)
})

test('LifespanFailed: an app may have nothing to say', async (t) => {
  t.equal(new LifespanFailed('shutdown', '').message, 'The app failed at shutdown')
})

test('LifespanFailed: has the cause that it is given', async (t) => {
  const cause = new Error('boom')
  t.equal(new LifespanFailed('shutdown', 'the app failed', cause).cause, cause)
})
