// Prints how many assertions of a tap run passed and failed, from the totals that tap prints at its end.
import { readFileSync } from 'node:fs'

const output = readFileSync(process.argv[2], 'utf8')
const totals = [...output.matchAll(/^# \{ total: (\d+)(?:, pass: (\d+))?(?:, fail: (\d+))?/gm)].at(-1)
const [passed, failed] = totals === undefined ? [0, 1] : [Number(totals[2] ?? 0), Number(totals[3] ?? 0)]
console.log(`${passed} ${failed}`)
