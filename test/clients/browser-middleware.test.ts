import { test } from 'tap'
import { HTMLResponse } from '../../lib/response/html-response.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import { RedirectResponse } from '../../lib/response/redirect-response.ts'
import { MemoryStore } from '../../lib/storage/memory-store.ts'
import type { Session } from '../../lib/storage/session.ts'
import { authentication } from '../../middleware/authentication/authentication.ts'
import { sessionAuth } from '../../middleware/authentication/session-auth.ts'
import { cors } from '../../middleware/cors/cors.ts'
import { csrf } from '../../middleware/csrf.ts'
import { originCheck } from '../../middleware/origin-check.ts'
import { cspNonce } from '../../middleware/secure-headers/nonce.ts'
import { secureHeaders } from '../../middleware/secure-headers/secure-headers.ts'
import { sessions } from '../../middleware/sessions/sessions.ts'
import type { SessionsOptions } from '../../middleware/sessions/sessions.ts'
import { Application } from '../../routing/application.ts'
import { Browser } from '../support/browser.ts'
import type { BrowserCookie } from '../support/browser.ts'
import { asLocalhost, chromium, fetched, host, pages } from './pages.ts'

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

const basketOf = (session: Session): string => (session.get('basket') as string | undefined) ?? 'nothing'

/** An app with accounts. Its sessions are kept where the options say. */
function accounts(options: SessionsOptions): Application {
  const auth = sessionAuth({ load: (name) => ({ user: { name } }) })
  const app = new Application({ middleware: [sessions(options), csrf(), authentication({ backends: [auth] })] })
  app.get('/', () => new HTMLResponse('<title>accounts</title>'))
  app.get('/me', ({ user, session }) => {
    const { name } = (user ?? {}) as { readonly name?: string }
    return new PlainTextResponse(`${name ?? 'nobody'} ${basketOf(session)}`)
  })
  app.post('/basket', (request) => {
    request.session.set('basket', 'tea')
    return new PlainTextResponse('kept')
  })
  app.post('/login', (request) => {
    auth.login(request, 'Ada')
    return new PlainTextResponse('welcome')
  })
  app.post('/logout', (request) => {
    auth.logout(request)
    return new PlainTextResponse('goodbye')
  })
  app.websocket('/socket', async (websocket) => {
    await websocket.accept()
    await websocket.sendText(basketOf(websocket.session))
  })
  return app
}

const sent = { method: 'POST' }

for (const [kind, options] of [
  ['a signed cookie', { keys: 'a key of at least thirty-two bytes' }],
  ['a store', { store: new MemoryStore() }],
] as const) {
  test(
    `Chromium: a session in ${kind} is set, kept from scripts, rotated by a login and forgotten`,
    chromium,
    async (t) => {
      await using server = await host(accounts(options))
      await using browser = await Browser.open()
      await browser.visit(server.url)
      const sessionCookie = async (): Promise<BrowserCookie | undefined> =>
        (await browser.cookies()).find(({ name }) => name === 'session')

      t.strictSame(await fetched(browser, `${server.url}/me`), [200, 'nobody nothing', null])
      t.equal(await sessionCookie(), undefined)

      t.strictSame(await fetched(browser, `${server.url}/basket`, sent), [200, 'kept', null])
      const before = await sessionCookie()
      t.match(before, { httpOnly: true, sameSite: 'Lax', secure: false, path: '/', domain: '127.0.0.1' })
      t.equal(await browser.evaluate('document.cookie'), '')
      t.strictSame(await fetched(browser, `${server.url}/me`), [200, 'nobody tea', null])
      const url = JSON.stringify(`${server.url.replace('http', 'ws')}/socket`)
      const heard = `new Promise((resolve) => (new WebSocket(${url}).onmessage = (event) => resolve(event.data)))`
      t.equal(await browser.evaluate(heard), 'tea')

      t.strictSame(await fetched(browser, `${server.url}/login`, sent), [200, 'welcome', null])
      const after = await sessionCookie()
      t.not(after!.value, before!.value)
      t.strictSame(await fetched(browser, `${server.url}/me`), [200, 'Ada tea', null])

      t.strictSame(await fetched(browser, `${server.url}/logout`, sent), [200, 'goodbye', null])
      t.equal(await sessionCookie(), undefined)
      t.strictSame(await fetched(browser, `${server.url}/me`), [200, 'nobody nothing', null])
    },
  )
}

test(
  'Chromium: a strict session does not come with requests of another site, a lax one only with visits',
  chromium,
  async (t) => {
    const seen: string[] = []
    for (const sameSite of ['strict', 'lax'] as const) {
      const app = accounts({ keys: 'a key of at least thirty-two bytes', sameSite })
      app.get('/read', ({ session }) => {
        seen.push(`${sameSite} ${basketOf(session)}`)
        return new HTMLResponse('<title>read</title>')
      })
      await using server = await host(app)
      const around = new Application()
      around.get('/', () => new HTMLResponse(`<a href="${server.url}/read">read</a>`))
      await using other = await host(around)
      await using browser = await Browser.open()
      await browser.visit(server.url)
      await fetched(browser, `${server.url}/basket`, sent)

      await browser.visit(asLocalhost(other.url))
      await fetched(browser, `${server.url}/read`, { mode: 'no-cors', credentials: 'include' })
      await browser.evaluate(`void setTimeout(() => document.links[0].click())`)
      while ((await browser.evaluate('document.title').catch(() => '')) !== 'read') {
        await new Promise(setImmediate)
      }
    }
    t.strictSame(seen, ['strict nothing', 'strict nothing', 'lax nothing', 'lax tea'])
  },
)

test(
  'Chromium: a session with the prefix __Host- is taken where the way is safe, for this host and every path',
  chromium,
  async (t) => {
    await using server = await host(accounts({ keys: 'a key of at least thirty-two bytes', hostPrefix: true }))
    // A browser takes localhost for safe without TLS, and no other name.
    await using browser = await Browser.open('chromium', ['--host-resolver-rules=MAP shop.example 127.0.0.1'])
    const kept = async (): Promise<BrowserCookie | undefined> =>
      (await browser.cookies()).find(({ name }) => name === '__Host-session')

    const safe = asLocalhost(server.url)
    await browser.visit(safe)
    await fetched(browser, `${safe}/basket`, sent)
    t.match(await kept(), { secure: true, httpOnly: true, path: '/', domain: 'localhost', sameSite: 'Lax' })
    t.strictSame(await fetched(browser, `${safe}/me`), [200, 'nobody tea', null])

    const unsafe = server.url.replace('127.0.0.1', 'shop.example')
    await browser.visit(unsafe)
    t.strictSame(await fetched(browser, `${unsafe}/basket`, sent), [200, 'kept', null])
    t.equal(await kept(), undefined)
  },
)
