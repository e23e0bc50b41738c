import { test } from 'tap'
import { DisconnectSignal, ShutdownSignal, isDisconnectReason } from '../../../lib/servers/signals.ts'

test('DisconnectSignal: makes one signal, which does not abort by itself', async (t) => {
  const disconnect = new DisconnectSignal()
  t.equal(disconnect.signal.aborted, false)
  t.equal(disconnect.signal, disconnect.signal)
})

test('DisconnectSignal: abort() aborts the signal that was handed out, once', async (t) => {
  const disconnect = new DisconnectSignal()
  let heard = 0
  disconnect.signal.addEventListener('abort', () => heard++)
  disconnect.abort()
  disconnect.abort()
  t.equal(heard, 1)
  t.equal(disconnect.signal.reason.name, 'AbortError')
  t.equal(disconnect.signal.reason.message, 'The client has disconnected')
})

test('DisconnectSignal: a signal that is looked at too late is aborted already', async (t) => {
  const disconnect = new DisconnectSignal()
  disconnect.abort()
  t.equal(disconnect.signal.aborted, true)
  t.equal(isDisconnectReason(disconnect.signal.reason), true)
})

test('DisconnectSignal: nothing is made before somebody looks', async (t) => {
  t.strictSame(Object.keys(new DisconnectSignal()), [])
  t.ok(Object.getOwnPropertyDescriptor(DisconnectSignal.prototype, 'signal')?.get)
})

test('ShutdownSignal: aborts with a reason of its own', async (t) => {
  const shutdown = new ShutdownSignal()
  t.equal(shutdown.signal.aborted, false)
  shutdown.abort()
  t.equal(shutdown.signal.aborted, true)
  t.equal(shutdown.signal.reason.message, 'The server is shutting down')
})

test('isDisconnectReason: knows the reason of the signal, and an error that was made of it', async (t) => {
  const disconnect = new DisconnectSignal()
  disconnect.abort()
  const { reason } = disconnect.signal
  t.equal(isDisconnectReason(reason), true)
  t.equal(isDisconnectReason(new Error('The operation was aborted', { cause: reason })), true)
})

test('isDisconnectReason: is not taken in by others', async (t) => {
  const shutdown = new ShutdownSignal()
  shutdown.abort()
  const twin = new DOMException('The client has disconnected', 'AbortError')
  for (const error of [shutdown.signal.reason, twin, new Error('boom'), { cause: twin }, null, undefined, 'gone']) {
    t.equal(isDisconnectReason(error), false)
  }
})
