import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'tap'
import { cliOptions } from './cli-options.ts'

const page = new URL('../../docs/reference/cli.md', import.meta.url)
const drawn = /(<!-- Drawn from [^\n]* -->\n)[^]*?(<!-- end of the options -->)/

test('docs/reference/cli.md: has every option as the table of options says it', async (t) => {
  const before = readFileSync(page, 'utf8')
  const expected = before.replace(drawn, (_all, begin: string, end: string) => `${begin}\n${cliOptions()}\n\n${end}`)
  // Written anew with UPDATE_DOCS=1.
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, expected)

  t.match(before, drawn)
  t.equal(readFileSync(page, 'utf8'), expected)
})
