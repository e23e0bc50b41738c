// Decides on what a judge printed: exits with 1 unless it is good enough.
import { readFileSync } from 'node:fs'

const [, , judge, file] = process.argv
const output = readFileSync(file, 'utf8')
const number = (pattern) => Number(output.match(pattern)?.[1] ?? 0)

const verdicts = {
  asgi: () => number(/ pass (\d+)/) >= 78,
  garden: () =>
    output.includes('payloads') &&
    number(/'LENIENT': (\d+)/) <= 4 &&
    !/DESYNC|HANG|SERVER-ERROR|BROKEN-RESPONSE/.test(output),
  forms: () =>
    number(/'pass': (\d+)/) >= 210 &&
    /wpt-urlencoded \{'pass': \d+\}/.test(output) &&
    !/SERVER-ERROR|NO-RESPONSE/.test(output),
}
process.exit(verdicts[judge]() ? 0 : 1)
