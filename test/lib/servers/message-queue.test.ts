import { test } from 'tap'
import { MessageQueue } from '../../../lib/servers/message-queue.ts'

/** A queue, and what it told its source. */
function queue(): { queue: MessageQueue<string>; told: string[] } {
  const told: string[] = []
  return {
    told,
    queue: new MessageQueue<string>({ pause: () => told.push('pause'), resume: () => told.push('resume') }),
  }
}

test('MessageQueue: messages come in order, then the ending for ever', async (t) => {
  const { queue: messages } = queue()
  messages.push('a', 1)
  messages.push('b', 1)
  messages.end('end')
  messages.end('another end')
  messages.push('late', 1)

  const seen = [await messages.next(), await messages.next(), await messages.next(), await messages.next()]

  t.same(seen, ['a', 'b', 'end', 'end'])
})

test('MessageQueue: those who wait are served in their order', async (t) => {
  const { queue: messages } = queue()
  const waiting = [messages.next(), messages.next(), messages.next(), messages.next()]

  messages.push('a', 1)
  messages.push('b', 1)
  messages.end('end')

  t.same(await Promise.all(waiting), ['a', 'b', 'end', 'end'])
})

/** Sizes that are pushed, and whether the source is paused. */
const sizes: ReadonlyArray<readonly [what: string, sizes: readonly number[], told: readonly string[]]> = [
  ['up to the mark', [65_536], []],
  ['one byte more', [65_537], ['pause']],
  ['together one byte more', [65_536, 1], ['pause']],
  ['far more, told once', [65_537, 9, 9], ['pause']],
]
for (const [what, given, expected] of sizes) {
  test(`MessageQueue: pauses its source: ${what}`, (t) => {
    const { queue: messages, told } = queue()

    for (const size of given) messages.push('a', size)

    t.same(told, expected)
    t.end()
  })
}

test('MessageQueue: resumes its source when half is read', async (t) => {
  const { queue: messages, told } = queue()
  for (let i = 0; i < 3; i++) messages.push('a', 30_000)

  await messages.next()
  t.same(told, ['pause'])
  await messages.next()
  t.same(told, ['pause', 'resume'])
})

test('MessageQueue: what is waited for does not count', (t) => {
  const { queue: messages, told } = queue()
  void messages.next()

  messages.push('a', 1_000_000)

  t.same(told, [])
  t.end()
})

test('MessageQueue: after the end the source is left alone', async (t) => {
  const { queue: messages, told } = queue()
  messages.push('a', 1_000_000)
  messages.end('end')

  await messages.next()

  t.same(told, ['pause'])
})
