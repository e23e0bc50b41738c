import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { z } from 'zod'
import { serve } from '../../lib/servers/node/serve.ts'
import { lint } from '../../lib/testing/conformance/lint.ts'
import { secureHeaders } from '../../middleware/secure-headers/secure-headers.ts'
import { Application } from '../../routing/application.ts'
import { reDoc, scalar } from '../../routing/openapi/docs-program.ts'
import type { DocsProgram } from '../../routing/openapi/docs-program.ts'
import { docsRoutes } from '../../routing/openapi/docs-routes.ts'
import { Browser } from '../support/browser.ts'
import { until } from '../support/page-steps.ts'
import { missing } from './program.ts'

/*
 * The programs themselves, as they are published. They are large and most of what they depend on is in them, so they are no
 * dependencies of the tests: STELLINE_DOCS_PACKAGES names a directory with a `node_modules` for each of `pinned` and `newest`.
 */

const packages = process.env['STELLINE_DOCS_PACKAGES'] ?? ''
const skip = packages === '' ? 'STELLINE_DOCS_PACKAGES names no directory with the programs' : missing('chromium')
const quiet = { info() {}, warn() {}, error() {} }
const programs: readonly (readonly [program: DocsProgram, page: string])[] = [
  [reDoc, '/redoc'],
  [scalar, '/scalar'],
]

/** An API whose pages allow no script but their own, and styles as the guide says. */
function api(place: string): Application {
  const policy = { 'default-src': ["'self'"], 'img-src': ["'self'", 'data:'], 'script-src': ["'self'"] }
  const styles = { 'style-src': ["'self'", "'unsafe-inline'"] }
  const pages = { swagger: null, redoc: '/redoc', scalar: '/scalar' }
  const app = new Application({
    openapi: { title: 'Garden tools', docs: null },
    routes: docsRoutes(pages, { title: 'Garden tools', url: '/openapi.json', places: [join(place, 'package.json')] }),
    middleware: [secureHeaders({ contentSecurityPolicy: { ...policy, ...styles } })],
  })
  return app.get('/items', { summary: 'Lists the spades', responses: { 200: z.array(z.string()) } }, () => [])
}

for (const version of ['pinned', 'newest']) {
  for (const [program, page] of programs) {
    test(
      `Chromium: ${program.packageName}, the ${version} version, shows an API without the network`,
      { skip, timeout: 180_000 },
      async (t) => {
        const outer = new Application().mount('/api', api(join(packages, version)))
        await using server = await serve(lint(outer), { port: 0, log: quiet })
        await using browser = await Browser.open('chromium', [
          '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
        ])

        await browser.visit(`${server.url}/api${page}`)

        for (const text of ['Garden tools', 'Lists the spades', '/items']) {
          const shown = `document.getElementById('docs').innerText.includes(${JSON.stringify(text)})`
          t.ok(await until(browser, shown), `shows ${text}`)
        }
      },
    )
  }
}

for (const [program] of programs) {
  test(`docs: the integrity of ${program.packageName} is that of its file`, { skip }, async (t) => {
    const directory = join(packages, 'pinned', 'node_modules', program.packageName)
    const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { version: string }
    const hash = createHash('sha384').update(readFileSync(join(directory, program.script.path)))

    t.equal(version, program.version)
    t.equal(`sha384-${hash.digest('base64')}`, program.script.integrity)
  })
}
