import { pathToFileURL } from 'node:url'
import { test } from 'tap'
import { sourceFrames } from '../../../middleware/server-errors/source-frames.ts'

test('sourceFrames: reads the lines around a place', async (t) => {
  const file = `${t.testdir({ 'a.ts': Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join('\n') })}/a.ts`
  const [named, bare, first] = sourceFrames(
    `Error: x\n    at async run (${file}:10:3)\n    at ${pathToFileURL(file).href}:20:1\n    at new Thing (${file}:1:1)`,
  )
  t.strictSame(named, {
    name: 'run',
    file,
    line: 10,
    firstLine: 6,
    lines: Array.from({ length: 9 }, (_, index) => `line ${index + 6}`),
  })
  t.match(bare, { name: '', line: 20, firstLine: 16, lines: ['line 16'] })
  t.match(first, { name: 'new Thing', line: 1, firstLine: 1, lines: ['line 1'] })
})

test('sourceFrames: shows no lines of packages, of Node, and of files that are gone', async (t) => {
  const stack = ['node:internal/x', '/app/node_modules/p/i.js', '/no/such/file.ts'].map(
    (file) => `    at f (${file}:1:1)`,
  )
  for (const frame of sourceFrames(stack.join('\n'))) t.strictSame(frame.lines, [])
  t.equal(sourceFrames(stack.join('\n')).length, 3)
})

test('sourceFrames: reads a bounded number of places', async (t) => {
  t.equal(sourceFrames('    at f (/no/such:1:1)\n'.repeat(100)).length, 30)
})
