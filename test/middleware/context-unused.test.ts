import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'tap'
import { currentConnection } from '../../middleware/context.ts'

test('currentConnection: is null where no context() was made, and follows nothing', async (t) => {
  const run = AsyncLocalStorage.prototype.getStore
  let asked = 0
  AsyncLocalStorage.prototype.getStore = function getStore(this: AsyncLocalStorage<unknown>): unknown {
    asked++
    return run.call(this)
  }
  t.teardown(() => {
    AsyncLocalStorage.prototype.getStore = run
  })
  const before = asked
  t.equal(currentConnection(), null)
  t.equal(asked, before)
})
