// Prints how many assertions of a tap run passed, failed and were skipped, from the totals that tap prints at its end.
import { readFileSync } from 'node:fs'

const output = readFileSync(process.argv[2], 'utf8')
const totals = [
  ...output.matchAll(/^# \{ total: (\d+)(?:, pass: (\d+))?(?:, fail: (\d+))?(?:, todo: (\d+))?(?:, skip: (\d+))?/gm),
].at(-1)
const counts = totals === undefined ? [0, 1, 0] : [totals[2], totals[3], totals[5]].map((count) => Number(count ?? 0))
console.log(counts.join(' '))
