import { test } from 'tap'
import { z } from 'zod'
import { withScopes } from '../../lib/endpoint/dependencies/scopes.ts'
import { oauth2AuthorizationCode } from '../../lib/endpoint/security/oauth2.ts'
import { RedirectResponse } from '../../lib/response/redirect-response.ts'
import { serve } from '../../lib/servers/node/serve.ts'
import { lint } from '../../lib/testing/conformance/lint.ts'
import { secureHeaders } from '../../middleware/secure-headers/secure-headers.ts'
import { Application } from '../../routing/application.ts'
import { Browser } from '../support/browser.ts'
import { click, until } from '../support/page-steps.ts'
import { missing } from './program.ts'

const chromium = { skip: missing('chromium'), timeout: 180_000 }
const quiet = { info() {}, warn() {}, error() {} }

const policy = { 'default-src': ["'self'"], 'img-src': ["'self'", 'data:'], 'script-src': ["'self'"] }

const Item = z.object({ name: z.string(), price: z.number().default(1) }).meta({ id: 'Item' })

function api(): Application {
  const app = new Application({
    openapi: { title: 'Items & more', docs: { swagger: '/docs' } },
    middleware: [secureHeaders({ contentSecurityPolicy: policy })],
  })
  app.get('/items', { query: z.object({ limit: z.coerce.number().default(3) }), tags: ['items'] }, ({ query }) => ({
    limit: query.limit,
    mark: 'answered by the app',
  }))
  app.post('/items', { body: Item, responses: { 201: Item }, tags: ['items'] }, ({ body, reply }) => reply(201, body))
  return app
}

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

test('Chromium: Swagger UI gets a token by the authorization code flow, and sends it', chromium, async (t) => {
  const token = oauth2AuthorizationCode({
    authorizationUrl: '/authorize',
    tokenUrl: '/token',
    scopes: { read: 'Read' },
  })
  const app = new Application({
    openapi: { title: 'Guarded', docs: { swagger: { url: '/docs', oauth: { clientId: 'docs' } } } },
    middleware: [secureHeaders({ contentSecurityPolicy: policy })],
  })
  // The other side of the flow: it agrees to everything.
  app.get('/authorize', { query: z.object({ redirect_uri: z.url(), state: z.string() }) }, ({ query }) => {
    const answer = new URLSearchParams({ code: 'agreed', state: query.state })
    return new RedirectResponse(`${query.redirect_uri}?${answer.toString()}`, { status: 303 })
  })
  app.post('/token', { form: z.object({ code: z.literal('agreed') }), includeInSchema: false }, () => {
    return { access_token: 'token-of-docs', token_type: 'bearer' }
  })
  app.get('/me', { dependencies: { token: withScopes(token, ['read']) } }, ({ token: sent }) => ({ sent }))
  await using server = await serve(lint(app), { port: 0, log: quiet })
  await using browser = await Browser.open('chromium', ['--disable-popup-blocking'])
  await browser.visit(`${server.url}/docs`)

  t.ok(await until(browser, click('.auth-wrapper .authorize')))
  t.ok(await until(browser, click('.scopes input[type="checkbox"]')))
  t.ok(await until(browser, click('.auth-btn-wrapper .authorize')))
  t.ok(await until(browser, `/Logout/.test(document.querySelector('.auth-btn-wrapper')?.innerText)`), 'has the token')
  t.ok(await until(browser, click('.auth-btn-wrapper .btn-done')))
  const get = '[id$="getMe"]'
  t.ok(await until(browser, click(`${get} .opblock-summary-control`)))
  t.ok(await until(browser, click(`${get} .try-out__btn`)))
  t.ok(await until(browser, click(`${get} .execute`)))
  const shown = `document.querySelector('${get} .live-responses-table')?.innerText`
  t.ok(await until(browser, `/"sent": "token-of-docs"/.test(${shown})`), 'sends the token')
})
