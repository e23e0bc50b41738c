import { appOf, callApp, hello, rows } from './middleware-rows.ts'

/*
 * Calls an app as many times as its second argument says, and ends: with the built-in of the row that the first one numbers
 * around it, or with none for a number below 0. It is run where instructions are counted.
 */

const [index, calls] = process.argv.slice(2).map(Number) as [number, number]
const callsPerBatch = 500

const row = rows[Math.max(index, 0)]!
const app = index < 0 ? hello : appOf(row)
// In batches, so that what is called is compiled as in an app, and not only the loop around it.
for (let left = calls; left > 0; left -= callsPerBatch) await callApp(app, row, Math.min(left, callsPerBatch))
