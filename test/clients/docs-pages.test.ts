import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
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
import { localhostTLS } from '../support/localhost-tls.ts'
import { until } from '../support/page-steps.ts'
import { missing } from './program.ts'

const chromium = { skip: missing('chromium'), timeout: 180_000 }
const quiet = { info() {}, warn() {}, error() {} }
const nowhere = '/no/such/place/package.json'
const pages = { swagger: '/docs', redoc: '/redoc', scalar: '/scalar' }

/** An API whose pages look for their packages in one place. */
function api(place: string, scripts: readonly string[] = []): Application {
  const policy = { 'default-src': ["'self'"], 'img-src': ["'self'", 'data:'], 'script-src': ["'self'", ...scripts] }
  const styles = { 'style-src': ["'self'", "'unsafe-inline'", ...scripts] }
  const app = new Application({
    openapi: { title: 'Items', docs: null },
    routes: docsRoutes(pages, { title: 'Items', url: '/openapi.json', places: [place] }),
    middleware: [secureHeaders({ contentSecurityPolicy: { ...policy, ...styles } })],
  })
  return app.get('/items', { responses: { 200: z.array(z.string()) } }, () => [])
}

/** Stand-ins for the programs: each shows the title and the paths of the document that its page gives it. */
const show = `async (element, url, settings) => {
  const { info, paths } = await (await fetch(url)).json()
  element.textContent = [info.title, ...Object.keys(paths), settings.theme ?? 'plain'].join(' ')
}`
const standIns: readonly (readonly [
  program: DocsProgram,
  version: string | undefined,
  page: string,
  script: string,
  shown: string,
])[] = [
  [
    reDoc,
    '2.5.4',
    '/redoc',
    `globalThis.Redoc = { init: (url, settings, element) => (${show})(element, url, settings) }`,
    'plain',
  ],
  [
    reDoc,
    '3.0.1',
    '/redoc',
    `export const init = (url, settings, element) => (${show})(element, url, settings)`,
    'plain',
  ],
  [
    scalar,
    undefined,
    '/scalar',
    `globalThis.Scalar = { createApiReference: (selector, { url, ...settings }) =>
      (${show})(document.querySelector(selector), url, { theme: settings.telemetry === false ? 'silent' : 'loud' }) }`,
    'silent',
  ],
]

for (const [program, version = 'of no version', page, script, shown] of standIns) {
  test(
    `Chromium: the page ${page} starts its program (${version}) with the document, under a strict policy`,
    chromium,
    async (t) => {
      const directory = mkdtempSync(join(tmpdir(), 'stelline-docs-'))
      t.teardown(() => rm(directory, { recursive: true, force: true }))
      const installed = join(directory, 'node_modules', program.packageName)
      mkdirSync(join(installed, program.script.path, '..'), { recursive: true })
      writeFileSync(join(installed, 'package.json'), JSON.stringify({ name: program.packageName, version }))
      writeFileSync(join(installed, program.script.path), script)
      const outer = new Application().mount('/api', api(join(directory, 'package.json')))
      await using server = await serve(lint(outer), { port: 0, log: quiet })
      await using browser = await Browser.open()

      await browser.visit(`${server.url}/api${page}`)

      t.ok(await until(browser, `document.getElementById('docs').textContent !== ''`), 'the program has run')
      t.equal(await browser.evaluate(`document.getElementById('docs').textContent`), `Items /items ${shown}`)
      t.equal(await browser.evaluate('document.title'), 'Items')
    },
  )
}

/** Stands for the content network: gives the files of a package, each perhaps with something more. */
async function network(more: string): Promise<AsyncDisposable & { readonly flags: readonly string[] }> {
  const root = fileURLToPath(new URL('../../node_modules/swagger-ui-dist/', import.meta.url))
  const server = createServer(localhostTLS, ({ url = '' }, response) => {
    const name = url.slice(url.lastIndexOf('/') + 1)
    const type = name.endsWith('.css') ? 'text/css' : 'text/javascript'
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': type })
    response.end(readFileSync(join(root, name), 'utf8') + more)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    flags: [`--host-resolver-rules=MAP cdn.jsdelivr.net 127.0.0.1:${port}`, '--ignore-certificate-errors'],
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

test('Chromium: a program that is not installed is loaded from the network', chromium, async (t) => {
  await using cdn = await network('')
  await using server = await serve(lint(api(nowhere, ['https://cdn.jsdelivr.net'])), { port: 0, log: quiet })
  await using browser = await Browser.open('chromium', cdn.flags)

  await browser.visit(`${server.url}/docs`)

  t.ok(await until(browser, `document.querySelectorAll('.opblock').length === 1`), 'the operation is shown')
})

test('Chromium: a network that gives another program is refused', chromium, async (t) => {
  await using cdn = await network(`\n;globalThis.attacked = true`)
  await using server = await serve(lint(api(nowhere, ['https://cdn.jsdelivr.net'])), { port: 0, log: quiet })
  await using browser = await Browser.open('chromium', cdn.flags)

  await browser.visit(`${server.url}/docs`)

  t.equal(await browser.evaluate('typeof SwaggerUIBundle'), 'undefined')
  t.equal(await browser.evaluate('typeof attacked'), 'undefined')
  t.equal(await browser.evaluate(`document.styleSheets.length`), 0)
})
