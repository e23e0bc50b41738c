import { test } from 'tap'
import { HTMLResponse } from '../../lib/response/html-response.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import { RedirectResponse } from '../../lib/response/redirect-response.ts'
import { serve } from '../../lib/servers/node/serve.ts'
import type { Server } from '../../lib/servers/node/server.ts'
import { lint } from '../../lib/testing/conformance/lint.ts'
import { cors } from '../../middleware/cors/cors.ts'
import { csrf } from '../../middleware/csrf.ts'
import { originCheck } from '../../middleware/origin-check.ts'
import { cspNonce } from '../../middleware/secure-headers/nonce.ts'
import { secureHeaders } from '../../middleware/secure-headers/secure-headers.ts'
import { Application } from '../../routing/application.ts'
import { Browser } from '../support/browser.ts'
import { missing } from './program.ts'

const chromium = { skip: missing('chromium'), timeout: 90_000 }
const quiet = { info() {}, warn() {}, error() {} }
const host = (app: Application): Promise<Server> => serve(lint(app), { port: 0, log: quiet })

/** An app with an empty page. Its server can be visited as 127.0.0.1 and as localhost, which are two sites. */
function pages(): Application {
  const app = new Application()
  app.get('/', () => new HTMLResponse('<title>page</title>'))
  return app
}

const asLocalhost = (url: string): string => url.replace('127.0.0.1', 'localhost')

/** Fetches in the page; resolves with what the page can see, or with the name of the error. */
function fetched(browser: Browser, url: string, init: object = {}): Promise<unknown> {
  return browser.evaluate(`fetch(${JSON.stringify(url)}, ${JSON.stringify(init)}).then(
    async (response) => [response.status, await response.text(), response.headers.get('x-total')],
    (error) => error.name
  )`)
}

function api(origin: string): Application {
  const options = { allowOrigins: [origin], allowMethods: ['GET', 'PUT'], allowHeaders: ['X-Token'] }
  const app = new Application({
    middleware: [cors({ ...options, allowCredentials: true, exposeHeaders: ['X-Total'], maxAgeSeconds: 0 })],
  })
  app.get('/', () => new PlainTextResponse('data', { headers: { 'x-total': '3' } }))
  app.put('/', (request) => new PlainTextResponse(request.headers.get('x-token')))
  app.delete('/', () => new PlainTextResponse('deleted'))
  app.get('/login', () => new PlainTextResponse('').setCookie('user', 'Ada'))
  app.get('/me', (request) => new PlainTextResponse(request.cookies.get('user') ?? 'nobody'))
  app.get('/bug', () => {
    throw new TypeError('bug')
  })
  return app
}

test('Chromium: cors lets the pages of an allowed origin read, and no others', chromium, async (t) => {
  await using page = await host(pages())
  await using server = await host(api(page.url))
  await using browser = await Browser.open()
  const init = { credentials: 'include' }

  await browser.visit(page.url)
  t.strictSame(await fetched(browser, server.url), [200, 'data', '3'])
  t.strictSame(await fetched(browser, server.url, { method: 'PUT', headers: { 'X-Token': 'abc' } }), [200, 'abc', null])
  t.equal(await fetched(browser, server.url, { method: 'DELETE' }), 'TypeError')
  t.equal(await fetched(browser, server.url, { headers: { 'X-Other': '1' } }), 'TypeError')

  t.strictSame(await fetched(browser, `${server.url}/login`, init), [200, '', null])
  t.strictSame(await fetched(browser, `${server.url}/me`, init), [200, 'Ada', null])
  t.strictSame(await fetched(browser, `${server.url}/me`, { credentials: 'omit' }), [200, 'nobody', null])

  t.strictSame(await fetched(browser, `${server.url}/bug`), [500, 'Internal Server Error', null])
  t.strictSame(await fetched(browser, `${server.url}/nothing`), [404, 'Not Found', null])
  t.strictSame(await fetched(browser, `${server.url}/me`, { method: 'PUT' }), [405, 'Method Not Allowed', null])

  await browser.visit(asLocalhost(page.url))
  t.equal(await fetched(browser, server.url), 'TypeError')
  t.equal(await fetched(browser, server.url, { method: 'PUT', headers: { 'X-Token': 'abc' } }), 'TypeError')
  t.equal(await fetched(browser, `${server.url}/bug`), 'TypeError')
})

test('Chromium: cors with "*" lets every page read, without credentials', chromium, async (t) => {
  const app = new Application({ middleware: [cors({ allowOrigins: ['*'], allowMethods: ['*'], allowHeaders: ['*'] })] })
  app.delete('/', (request) => new PlainTextResponse(request.headers.get('x-anything')))
  await using page = await host(pages())
  await using server = await host(app)
  await using browser = await Browser.open()
  const init = { method: 'DELETE', headers: { 'X-Anything': 'goes' } }

  await browser.visit(page.url)

  t.strictSame(await fetched(browser, server.url, init), [200, 'goes', null])
  t.equal(await fetched(browser, server.url, { ...init, credentials: 'include' }), 'TypeError')
})

test('Chromium: secureHeaders lets scripts with the nonce run, and no others', chromium, async (t) => {
  const app = new Application({
    middleware: [secureHeaders({ contentSecurityPolicy: { 'default-src': ["'self'"], 'script-src': ["'nonce'"] } })],
  })
  app.get('/', (request) => {
    const nonce = cspNonce(request)
    return new HTMLResponse(`<script nonce="${nonce}">document.title = 'with'</script>
      <script>document.title += ' without'</script><script nonce="${nonce}x">document.title += ' wrong'</script>
      <p onclick="document.title += ' attribute'">`)
  })
  await using server = await host(app)
  await using browser = await Browser.open()

  await browser.visit(server.url)
  await browser.evaluate(`document.querySelector('p').click()`)

  t.equal(await browser.evaluate('document.title'), 'with')
})

test('Chromium: secureHeaders keeps pages of other origins from framing', chromium, async (t) => {
  let ran = 0
  const app = new Application({ middleware: [secureHeaders()] })
  app.get('/', () => new HTMLResponse('<script src="/framed.js"></script>'))
  app.get('/framed.js', () => {
    ran++
    return new PlainTextResponse('1', { mediaType: 'text/javascript' })
  })
  app.get('/around', () => new HTMLResponse('<iframe src="/"></iframe>'))
  await using server = await host(app)
  const around = new Application()
  around.get('/', () => new HTMLResponse(`<iframe src="${server.url}"></iframe>`))
  await using other = await host(around)
  await using browser = await Browser.open()

  await browser.visit(`${server.url}/around`)
  const own = ran
  await browser.visit(other.url)

  t.strictSame([own, ran], [1, 1])
})

function shop(orders: string[]): Application {
  const app = new Application({ middleware: [csrf()] })
  app.get('/', () => new HTMLResponse('<form method="post" action="/order"><input name="tea" value="green"></form>'))
  app.post('/order', async (request) => {
    const form = await request.form()
    orders.push(form.get('tea') as string)
    return new RedirectResponse('/done', { status: 303 })
  })
  app.get('/done', () => new HTMLResponse('<title>done</title>'))
  return app
}

/** Sends the form of the page, and waits for the page that comes of it. */
async function submit(browser: Browser): Promise<unknown> {
  await browser.evaluate(`void setTimeout(() => document.forms[0].submit())`)
  for (;;) {
    // While the page changes there is nobody to ask.
    const text = await browser
      .evaluate(`document.forms.length === 0 && document.readyState === 'complete'
      ? document.title || document.body.innerText : ''`)
      .catch(() => '')
    if (text !== '') return text
    await new Promise(setImmediate)
  }
}

test('Chromium: csrf takes the form of its own page, and refuses those of other sites', chromium, async (t) => {
  const orders: string[] = []
  await using server = await host(shop(orders))
  const evil = new Application()
  const form = (type: string): string =>
    `<form method="post" enctype="${type}" action="${server.url}/order"><input name="tea" value="stolen"></form>`
  evil.get('/{type:path}', (request) => new HTMLResponse(form(request.pathParams.type)))
  await using other = await host(evil)
  await using browser = await Browser.open()

  await browser.visit(server.url)
  t.equal(await submit(browser), 'done')

  const refused: unknown[] = []
  for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']) {
    await browser.visit(`${asLocalhost(other.url)}/${type}`)
    refused.push(await submit(browser))
  }
  // Another port of the same host is the same site, and still another origin.
  await browser.visit(`${other.url}/text/plain`)
  refused.push(await submit(browser))
  const sent = `fetch(${JSON.stringify(`${server.url}/order`)}, { method: 'POST', mode: 'no-cors', body: 'tea=stolen' })`
  await browser.evaluate(sent)

  t.strictSame(refused, Array(4).fill('Cross-site request refused'))
  t.strictSame(orders, ['green'])
})

test('Chromium: originCheck takes WebSockets of its own pages, and refuses those of others', chromium, async (t) => {
  const app = pages()
  app.addMiddleware(originCheck())
  app.websocket('/chat', async (websocket) => {
    await websocket.accept()
    await websocket.sendText('hello')
  })
  await using server = await host(app)
  await using other = await host(pages())
  await using browser = await Browser.open()
  const heard = `new Promise((resolve) => {
    const socket = new WebSocket(${JSON.stringify(`${server.url.replace('http', 'ws')}/chat`)})
    socket.onmessage = ({ data }) => resolve(data)
    socket.onclose = ({ code }) => resolve(code)
  })`

  await browser.visit(server.url)
  const own = await browser.evaluate(heard)
  await browser.visit(other.url)
  const foreign = await browser.evaluate(heard)

  t.strictSame([own, foreign], ['hello', 1006])
})
