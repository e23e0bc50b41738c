import { test } from 'tap'
import { failureOfStart, stopAll } from '../../../lib/lifetime/stop-all.ts'

const failing = (error: Error): { stop(): Promise<void> } => ({ stop: () => Promise.reject(error) })

test('stopAll: stops each, one after the other, whatever the others do', async (t) => {
  const notes: string[] = []
  const noting = (name: string): { stop(): Promise<void> } => ({ stop: async () => void notes.push(name) })
  const failure = new Error('stuck')
  await t.rejects(stopAll([noting('a'), failing(failure), noting('b')]), { message: 'stuck' })
  t.strictSame(notes, ['a', 'b'])
})

test('stopAll: throws all that went wrong', async (t) => {
  const failures = [new Error('one'), new Error('two')]
  const error: unknown = await stopAll(failures.map(failing)).catch((reason: unknown) => reason)
  t.strictSame((error as AggregateError).errors, failures)
})

test('failureOfStart: is the failure of the start-up, after what had started was stopped', async (t) => {
  let stopped = false
  const failure = new Error('no database')
  const stop = async (): Promise<void> => {
    stopped = true
  }
  t.equal(await failureOfStart(failure, { stop }), failure)
  t.ok(stopped)
})

test('failureOfStart: where stopping fails, too, it is both', async (t) => {
  const failure = new Error('no database')
  const stuck = new Error('stuck')
  t.strictSame(((await failureOfStart(failure, failing(stuck))) as AggregateError).errors, [failure, stuck])
})
