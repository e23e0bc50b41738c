import { setTimeout as wait } from 'node:timers/promises'
import { test } from 'tap'
import { z } from 'zod'
import { serve } from '../../lib/servers/node/serve.ts'
import { lint } from '../../lib/testing/conformance/lint.ts'
import { secureHeaders } from '../../middleware/secure-headers/secure-headers.ts'
import { Application } from '../../routing/application.ts'
import { Browser } from '../support/browser.ts'
import { missing } from './program.ts'

const chromium = { skip: missing('chromium'), timeout: 180_000 }
const quiet = { info() {}, warn() {}, error() {} }

const Item = z.object({ name: z.string(), price: z.number().default(1) }).meta({ id: 'Item' })

function api(): Application {
  const app = new Application({
    openapi: { title: 'Items & more', docs: { swagger: '/docs' } },
    middleware: [
      secureHeaders({
        contentSecurityPolicy: { 'default-src': ["'self'"], 'img-src': ["'self'", 'data:'], 'script-src': ["'self'"] },
      }),
    ],
  })
  app.get('/items', { query: z.object({ limit: z.coerce.number().default(3) }), tags: ['items'] }, ({ query }) => ({
    limit: query.limit,
    mark: 'answered by the app',
  }))
  app.post('/items', { body: Item, responses: { 201: Item }, tags: ['items'] }, ({ body, reply }) => reply(201, body))
  return app
}

/** Evaluates an expression until it holds, for half a minute at most: the page goes its own pace. */
async function until(browser: Browser, expression: string): Promise<boolean> {
  for (let attempt = 0; attempt < 150; attempt++) {
    if ((await browser.evaluate(`Boolean(${expression})`)) === true) return true
    await wait(200)
  }
  return false
}

const click = (selector: string): string => `(() => {
  const element = document.querySelector(${JSON.stringify(selector)})
  element?.click()
  return element
})()`

test('Chromium: Swagger UI shows the operations, and "Try it out" performs a request', chromium, async (t) => {
  const app = api()
  const outer = new Application()
  outer.mount('/api', app)
  await using server = await serve(lint(outer), { port: 0, log: quiet })
  await using browser = await Browser.open()

  await browser.visit(`${server.url}/api/docs`)

  t.ok(await until(browser, `document.querySelectorAll('.opblock').length === 2`), 'two operations')
  t.equal(await browser.evaluate('document.title'), 'Items & more')
  const get = '.opblock-get'
  t.ok(await until(browser, click(`${get} .opblock-summary-control`)))
  t.ok(await until(browser, click(`${get} .try-out__btn`)))
  t.ok(await until(browser, click(`${get} .execute`)))
  t.ok(await until(browser, `document.querySelector('${get} .live-responses-table .response-col_status')`), 'answered')
  t.match(
    await browser.evaluate(`document.querySelector('${get} .live-responses-table').innerText`),
    /200[^]*answered by the app/,
  )
  t.match(await browser.evaluate(`document.querySelector('${get} .request-url').innerText`), '/api/items?limit=3')
})
