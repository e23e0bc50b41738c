import { test } from 'tap'
import { exceptionHandler } from '../../lib/endpoint/exception-handlers.ts'
import { HTTPException } from '../../lib/exceptions/http-exception.ts'
import { HTMLResponse } from '../../lib/response/html-response.ts'
import { PlainTextResponse } from '../../lib/response/plain-text-response.ts'
import type { ASGIApp, Middleware } from '../../lib/spec/app.ts'
import { bodyLimit } from '../../middleware/body-limit.ts'
import { cors } from '../../middleware/cors/cors.ts'
import type { CORSOptions } from '../../middleware/cors/cors-policy.ts'
import { csrf } from '../../middleware/csrf.ts'
import { rateLimit } from '../../middleware/rate-limit/rate-limit.ts'
import { secureHeaders } from '../../middleware/secure-headers/secure-headers.ts'
import { sessions } from '../../middleware/sessions/sessions.ts'
import { Application } from '../../routing/application.ts'
import { Browser } from '../support/browser.ts'
import { asLocalhost, chromium, fetched, host, pages } from './pages.ts'

/** Notes the methods of the requests that arrive. */
function noting(methods: string[]): Middleware {
  return (app: ASGIApp): ASGIApp =>
    (scope, receive, send) => {
      if (scope.type === 'http' && scope.path === '/') methods.push(scope.method)
      return app(scope, receive, send)
    }
}

for (const [maxAgeSeconds, expected] of [
  [600, ['OPTIONS', 'PUT', 'PUT']],
  [0, ['OPTIONS', 'PUT', 'OPTIONS', 'PUT']],
] as const) {
  test(`Chromium: a preflight with an age of ${maxAgeSeconds} seconds is remembered as long`, chromium, async (t) => {
    const methods: string[] = []
    await using page = await host(pages())
    const policy = cors({ allowOrigins: [page.url], allowMethods: ['PUT'], maxAgeSeconds })
    const app = new Application({ middleware: [noting(methods), policy] })
    app.put('/', () => new PlainTextResponse('put'))
    await using server = await host(app)
    await using browser = await Browser.open()

    await browser.visit(page.url)
    for (let times = 0; times < 2; times++) {
      t.strictSame(await fetched(browser, server.url, { method: 'PUT' }), [200, 'put', null])
    }

    t.strictSame(methods, expected)
  })
}

test('Chromium: a preflight that is refused keeps the request itself away', chromium, async (t) => {
  const methods: string[] = []
  await using page = await host(pages())
  const app = new Application({ middleware: [noting(methods), cors({ allowOrigins: [page.url] })] })
  app.delete('/', () => new PlainTextResponse('deleted'))
  await using server = await host(app)
  await using browser = await Browser.open()

  await browser.visit(page.url)
  t.equal(await fetched(browser, server.url, { method: 'DELETE' }), 'TypeError')
  await browser.visit(asLocalhost(page.url))
  t.equal(await fetched(browser, server.url, { method: 'PUT' }), 'TypeError')

  t.strictSame(methods, ['OPTIONS', 'OPTIONS'])
})

test('Chromium: refusals of the middleware within cors can be read', chromium, async (t) => {
  await using page = await host(pages())
  const options: CORSOptions = {
    allowOrigins: [page.url],
    allowMethods: ['POST'],
    exposeHeaders: ['X-Total', 'Retry-After'],
  }
  const app = new Application({
    middleware: [cors(options), bodyLimit({ maxBytes: 3 }), rateLimit({ limit: 4, now: () => 0 }), csrf()],
  })
  app.get('/', () => new PlainTextResponse('read'))
  app.get('/private', () => {
    throw new HTTPException(401, { headers: { 'www-authenticate': 'Bearer' } })
  })
  await using server = await host(app)
  await using browser = await Browser.open()
  await browser.visit(page.url)
  const post = (body: string): Promise<unknown> => fetched(browser, server.url, { method: 'POST', body })

  t.strictSame(await fetched(browser, server.url), [200, 'read', null])
  t.strictSame(await fetched(browser, `${server.url}/private`), [401, 'Unauthorized', null])
  t.strictSame(await post('long'), [413, 'Content Too Large', null])
  t.strictSame(await post('abc'), [403, 'Cross-site request refused', null])
  t.strictSame(await fetched(browser, server.url), [200, 'read', null])
  const retryAfter = `fetch(${JSON.stringify(server.url)}).then(({ status, headers }) => [status, headers.get('retry-after')])`
  t.match(await browser.evaluate(retryAfter), [429, /^[1-9]\d*$/])
})

test('Chromium: csrf lets in a page of a trusted origin, and no page of an opaque one', chromium, async (t) => {
  const orders: string[] = []
  await using page = await host(pages())
  const trusted = asLocalhost(page.url)
  const app = new Application({
    middleware: [cors({ allowOrigins: [trusted, page.url] }), csrf({ trustedOrigins: [trusted] })],
  })
  app.post('/', async (request) => {
    orders.push(await request.text())
    return new PlainTextResponse('ordered')
  })
  await using server = await host(app)
  await using browser = await Browser.open()
  const order = (body: string): Promise<unknown> => fetched(browser, server.url, { method: 'POST', body })

  await browser.visit(trusted)
  t.strictSame(await order('trusted'), [200, 'ordered', null])
  const sandboxed = `new Promise((resolve) => {
    const frame = document.createElement('iframe')
    frame.sandbox = 'allow-scripts'
    frame.srcdoc = '<script>fetch(${JSON.stringify(server.url)}, { method: "POST", mode: "no-cors", body: "opaque" })' +
      '.then(() => parent.postMessage("sent", "*"), () => parent.postMessage("failed", "*"))<\\/script>'
    addEventListener('message', ({ data }) => resolve(data))
    document.body.append(frame)
  })`
  t.equal(await browser.evaluate(sandboxed), 'sent')
  await browser.visit(page.url)
  t.strictSame(await order('foreign'), [403, 'Cross-site request refused', null])

  t.strictSame(orders, ['trusted'])
})

test('Chromium: pages of errors have the policy, too, and their scripts do not run', chromium, async (t) => {
  const page = (status: number): HTMLResponse => {
    return new HTMLResponse(`<title>${status}</title><script>document.title = 'run'</script>`, { status })
  }
  const app = new Application({
    middleware: [secureHeaders()],
    exceptionHandlers: [
      exceptionHandler(HTTPException, (_request, error) => page(error.status)),
      exceptionHandler(RangeError, () => page(500)),
    ],
  })
  app.get('/bug', () => {
    throw new RangeError('bug')
  })
  await using server = await host(app)
  await using browser = await Browser.open()

  const titles: unknown[] = []
  for (const path of ['/bug', '/nothing']) {
    await browser.visit(server.url + path)
    titles.push(await browser.evaluate('document.title'))
  }

  t.strictSame(titles, ['500', '404'])
})

test('Chromium: what is only reported of a policy runs', chromium, async (t) => {
  const contentSecurityPolicyReportOnly = { 'script-src': ["'self'"] }
  const app = new Application({
    middleware: [secureHeaders({ contentSecurityPolicy: false, contentSecurityPolicyReportOnly })],
  })
  app.get('/', () => {
    return new HTMLResponse(`<script>addEventListener('securitypolicyviolation', ({ disposition }) => {
      document.title += disposition
    })</script><title></title><script>document.title = 'run'</script>`)
  })
  await using server = await host(app)
  await using browser = await Browser.open()

  await browser.visit(server.url)

  t.match(
    await browser.evaluate('new Promise((resolve) => setTimeout(() => resolve(document.title)))'),
    /^run(?:report)+$/,
  )
})

test('Chromium: a page is isolated with both of its cross-origin policies, and not with one', chromium, async (t) => {
  const seen: unknown[] = []
  for (const crossOriginEmbedderPolicy of ['require-corp', false] as const) {
    const app = pages()
    app.addMiddleware(secureHeaders({ crossOriginEmbedderPolicy }))
    await using server = await host(app)
    await using browser = await Browser.open()
    await browser.visit(server.url)
    seen.push(await browser.evaluate('crossOriginIsolated'))
  }
  t.strictSame(seen, [true, false])
})

test('Chromium: answers are not embedded by pages of other sites, unless they may be', chromium, async (t) => {
  await using page = await host(pages())
  await using browser = await Browser.open()
  const seen: unknown[] = []
  for (const crossOriginResourcePolicy of ['same-origin', 'cross-origin'] as const) {
    const app = pages()
    app.addMiddleware(secureHeaders({ crossOriginResourcePolicy }))
    await using server = await host(app)
    await browser.visit(asLocalhost(page.url))
    const embedded = `fetch(${JSON.stringify(server.url)}, { mode: 'no-cors' }).then(({ type }) => type, ({ name }) => name)`
    seen.push(await browser.evaluate(embedded))
  }
  t.strictSame(seen, ['TypeError', 'opaque'])
})

test(
  'Chromium: a session with sameSite "none", partitioned, goes with requests of a page of another site that cors allows',
  chromium,
  async (t) => {
    await using page = await host(pages())
    const policy = cors({ allowOrigins: [page.url], allowCredentials: true })
    const kept = sessions({
      keys: 'a key of at least thirty-two bytes',
      sameSite: 'none',
      secure: true,
      partitioned: true,
    })
    const app = new Application({ middleware: [policy, kept] })
    app.get('/', ({ session }) => {
      session.set('visits', Number(session.get('visits') ?? 0) + 1)
      return new PlainTextResponse(JSON.stringify(session))
    })
    await using server = await host(app)
    await using browser = await Browser.open()
    // A browser takes localhost for safe without TLS.
    const url = asLocalhost(server.url)

    await browser.visit(page.url)
    const answers: unknown[] = []
    for (const credentials of ['include', 'include', 'omit']) answers.push(await fetched(browser, url, { credentials }))

    t.strictSame(answers, [
      [200, '{"visits":1}', null],
      [200, '{"visits":2}', null],
      [200, '{"visits":1}', null],
    ])
  },
)

test('Chromium: a session that begins with the accept of a WebSocket is kept', chromium, async (t) => {
  const app = pages()
  app.addMiddleware(sessions({ keys: 'a key of at least thirty-two bytes' }))
  app.get('/me', ({ session }) => new PlainTextResponse(JSON.stringify(session)))
  app.websocket('/join', async (websocket) => {
    websocket.session.set('joined', true)
    await websocket.accept()
    await websocket.sendText('welcome')
  })
  await using server = await host(app)
  await using browser = await Browser.open()
  const url = JSON.stringify(`${server.url.replace('http', 'ws')}/join`)

  await browser.visit(server.url)
  const heard = `new Promise((resolve) => (new WebSocket(${url}).onmessage = ({ data }) => resolve(data)))`
  t.equal(await browser.evaluate(heard), 'welcome')

  t.strictSame(await fetched(browser, `${server.url}/me`), [200, '{"joined":true}', null])
  t.equal(await browser.evaluate('document.cookie'), '')
})
