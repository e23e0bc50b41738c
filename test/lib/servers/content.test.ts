import { test } from 'tap'
import { byteLength, isContent } from '../../../lib/servers/content.ts'

const lengths: ReadonlyArray<readonly [content: string | Uint8Array, bytes: number]> = [
  ['', 0],
  ['abc', 3],
  ['é', 2],
  ['€', 3],
  ['😀', 4],
  // A lone surrogate is written as U+FFFD.
  ['\ud800', 3],
  [new Uint8Array(0), 0],
  [new Uint8Array(5), 5],
  [Buffer.from('é'), 2],
]
for (const [content, bytes] of lengths) {
  test(`byteLength: ${JSON.stringify(content)} has ${bytes} bytes`, async (t) => {
    t.equal(byteLength(content), bytes)
    t.equal(Buffer.from(content as string).length, bytes)
  })
}

test('isContent: strings and bytes are content', async (t) => {
  for (const value of ['', 'a', new Uint8Array(1), Buffer.from('a')]) t.equal(isContent(value), true)
})

test('isContent: nothing else is', async (t) => {
  for (const value of [
    null,
    undefined,
    7,
    true,
    [],
    {},
    [1],
    new ArrayBuffer(1),
    new Uint16Array(1),
    new DataView(new ArrayBuffer(1)),
  ]) {
    t.equal(isContent(value), false)
  }
})
