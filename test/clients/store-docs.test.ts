import { test } from 'tap'
import store from '../../docs/examples/store/app.ts'
import { serve } from '../../lib/servers/node/serve.ts'
import { lint } from '../../lib/testing/conformance/lint.ts'
import { Browser } from '../support/browser.ts'
import { click, fill, found, until } from '../support/page-steps.ts'
import { missing } from './program.ts'

const chromium = { skip: missing('chromium'), timeout: 180_000 }
const quiet = { info() {}, warn() {}, error() {} }

/** Opens an operation of Swagger UI, tries it out, and gives the status and the body that the page shows. */
async function tryOut(browser: Browser, id: string, body: string | null = null): Promise<string> {
  const operation = `[id="operations-${id}"]`
  if (!(await until(browser, click(`${operation} .opblock-summary-control`)))) throw new Error(`There is no ${id}`)
  if (!(await until(browser, click(`${operation} .try-out__btn`)))) throw new Error(`${id} cannot be tried out`)
  if (body !== null && !(await until(browser, fill(`${operation} .body-param__text`, body)))) {
    throw new Error(`${id} takes no body`)
  }
  if (!(await until(browser, click(`${operation} .execute`)))) throw new Error(`${id} cannot be executed`)
  const answer = `${operation} .live-responses-table .response`
  if (!(await until(browser, found(answer)))) throw new Error(`${id} was not answered`)
  return String(await browser.evaluate(`${found(answer)}.innerText`))
}

test('Chromium: the page of the store signs a user up, logs in by OAuth 2, and adds an item', chromium, async (t) => {
  await using server = await serve(lint(store), { port: 0, log: quiet })
  await using browser = await Browser.open()
  await browser.visit(`${server.url}/docs`)

  t.ok(await until(browser, `document.querySelectorAll('.opblock').length === 12`), 'every operation is shown')
  const user = JSON.stringify({ name: 'Ada', password: 'secret of Ada' })
  t.match(await tryOut(browser, 'users-postUsers', user), /201[^]*"name": "Ada"/)
  const item = JSON.stringify({ name: 'Green tea', price: 3 })
  t.match(await tryOut(browser, 'items-postItems', item), /401/, 'without a token')

  t.ok(await until(browser, click('.auth-wrapper .authorize')))
  t.ok(await until(browser, fill('#oauth_username', 'Ada')))
  t.ok(await until(browser, fill('#oauth_password', 'secret of Ada')))
  t.ok(await until(browser, click('.scopes input[type="checkbox"]')))
  t.ok(await until(browser, click('.auth-btn-wrapper .authorize')))
  t.ok(await until(browser, `/Logout/.test(${found('.auth-btn-wrapper')}?.innerText)`), 'logged in')
  t.ok(await until(browser, click('.auth-btn-wrapper .btn-done')))

  const execute = `[id="operations-items-postItems"] .execute`
  t.ok(await until(browser, click(execute)))
  const shown = `${found('[id="operations-items-postItems"] .live-responses-table .response')}?.innerText`
  t.ok(await until(browser, `/201[^]*"owner": "Ada"/.test(${shown})`), 'with the token')
  t.match(await tryOut(browser, 'items-getItems'), /200[^]*"name": "Green tea"/)
})
