import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'

const root = fileURLToPath(new URL('../../', import.meta.url))
const node = ['--import=tsx', '--conditions=stelline-source']

test('store.test.ts: passes', async (t) => {
  t.setTimeout(120_000)
  const { status, stdout } = spawnSync(process.execPath, [...node, '--test', 'docs/examples/store/store.test.ts'], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  })

  t.equal(status, 0, stdout)
  t.match(stdout, /pass 15\b/)
})
