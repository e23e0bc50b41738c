import { test } from 'tap'
import { quietLog } from '../../../lib/servers/server-log.ts'

test('quietLog: tells warnings and errors on stderr, with the error when there is one', (t) => {
  const lines = t.capture(console, 'error')
  const error = new Error('boom')

  quietLog.info('unheard')
  quietLog.warn('warned')
  quietLog.error('failed', error)

  t.same(
    lines().map(({ args }) => args),
    [['warned'], ['failed', error]],
  )
  t.end()
})
