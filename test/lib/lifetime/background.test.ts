import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'tap'
import { Tasks } from '../../../lib/lifetime/background.ts'
import type { TaskLog } from '../../../lib/lifetime/background.ts'

function logTo(lines: unknown[][]): TaskLog {
  return { error: (...line) => void lines.push(line) }
}

test('Tasks: a task begins in a later turn and is kept until it ends', async (t) => {
  const tasks = new Tasks()
  const steps: string[] = []
  let finish!: () => void
  const task = tasks.add(async function sendMail() {
    steps.push('began')
    await new Promise<void>((resolve) => (finish = resolve))
    steps.push('ended')
  })
  t.strictSame([task.name, tasks.size, steps.length], ['sendMail', 1, 0])
  await new Promise(setImmediate)
  finish()
  await task.ended
  t.strictSame(steps, ['began', 'ended'])
  t.equal(tasks.size, 0)
})

test('Tasks: failures are reported with the name of the task, whether thrown at once or later', async (t) => {
  const lines: unknown[][] = []
  const tasks = new Tasks({ log: logTo(lines) })
  const error = new Error('lost')
  await tasks.add(() => {
    throw error
  }, 'first').ended
  await tasks.add(async () => {
    throw error
  }).ended
  t.strictSame(lines, [
    ['The task "first" failed', error],
    ['The task "unnamed" failed', error],
  ])
})

test('Tasks: drain() waits for the tasks, and for those that they add', async (t) => {
  const tasks = new Tasks()
  const ended: string[] = []
  tasks.add(async () => {
    await new Promise(setImmediate)
    tasks.add(async () => {
      await new Promise(setImmediate)
      ended.push('second')
    })
    ended.push('first')
  })
  await tasks.drain()
  t.strictSame(ended, ['first', 'second'])
  t.equal(tasks.size, 0)
})

test('Tasks: drain() of none resolves at once, and tasks can be added afterwards', async (t) => {
  const tasks = new Tasks({ drainTimeoutMs: 1_000_000 })
  await tasks.drain()
  let ran = false
  await tasks.add(() => (ran = true)).ended
  t.ok(ran)
})

test('Tasks: drain() cancels what takes longer, and says nothing about what ends by that', async (t) => {
  const lines: unknown[][] = []
  const tasks = new Tasks({ log: logTo(lines), drainTimeoutMs: 0 })
  const reasons: unknown[] = []
  tasks.add(({ signal }) => sleep(1_000_000, null, { signal }))
  tasks.add(
    ({ signal }) =>
      new Promise((_, reject) =>
        signal.addEventListener('abort', () => {
          reasons.push(signal.reason)
          reject(signal.reason as Error)
        }),
      ),
  )
  await new Promise(setImmediate)
  await tasks.drain()
  t.match(reasons, [{ name: 'AbortError', message: 'The application shuts down' }])
  t.strictSame(lines, [])
})

test('Tasks: drain() reports what goes on after it was cancelled, and what fails then', async (t) => {
  const lines: unknown[][] = []
  const tasks = new Tasks({ log: logTo(lines), drainTimeoutMs: 0, cancelTimeoutMs: 0 })
  let fail!: (error: Error) => void
  const deaf = tasks.add(() => new Promise((_, reject) => (fail = reject)), 'deaf')
  await new Promise(setImmediate)
  await tasks.drain()
  t.strictSame(lines, [['The task "deaf" goes on after the shutdown']])
  fail(new Error('late'))
  await deaf.ended
  t.match(lines[1], ['The task "deaf" failed', { message: 'late' }])
})

test('Tasks: a task can be cancelled by whoever added it', async (t) => {
  const lines: unknown[][] = []
  const tasks = new Tasks({ log: logTo(lines) })
  const task = tasks.add(({ signal }) => sleep(1_000_000, null, { signal }))
  task.cancel(new Error('no longer wanted'))
  await task.ended
  t.match(task.signal.reason, { message: 'no longer wanted' })
  t.strictSame(lines, [])
})

test('Tasks: are drained at the end of their block', async (t) => {
  let ended = false
  {
    await using tasks = new Tasks()
    tasks.add(async () => {
      await new Promise(setImmediate)
      ended = true
    })
  }
  t.ok(ended)
})

test('Tasks: refuse what cannot be', async (t) => {
  const tasks = new Tasks()
  const promise = Promise.resolve() as unknown as () => void
  t.throws(() => tasks.add(promise), {
    message: 'Cannot add a task: it is a promise that was not awaited, expected a function',
  })
  t.throws(() => new Tasks({ drainTimeoutMs: NaN }), TypeError)
  t.throws(() => new Tasks({ cancelTimeoutMs: -1 }), TypeError)
})
