import { HTMLResponse } from '../../lib/response/html-response.ts'
import { serve } from '../../lib/servers/node/serve.ts'
import type { Server } from '../../lib/servers/node/server.ts'
import { lint } from '../../lib/testing/conformance/lint.ts'
import { Application } from '../../routing/application.ts'
import type { Browser } from '../support/browser.ts'
import { missing } from './program.ts'

/** How tests with a browser are run, and when not. */
export const chromium: { readonly skip: string | false; readonly timeout: number } = {
  skip: missing('chromium'),
  timeout: 90_000,
}
const quiet = { info() {}, warn() {}, error() {} }

/** Serves an app, in which every breach of the contract is an error. */
export function host(app: Application): Promise<Server> {
  return serve(lint(app), { port: 0, log: quiet })
}

/** An app with an empty page. Its server can be visited as 127.0.0.1 and as localhost, which are two sites. */
export function pages(): Application {
  const app = new Application()
  app.get('/', () => new HTMLResponse('<title>page</title>'))
  return app
}

/** The same server, as another site. */
export function asLocalhost(url: string): string {
  return url.replace('127.0.0.1', 'localhost')
}

/** Fetches in the page; resolves with what the page can see, or with the name of the error. */
export function fetched(browser: Browser, url: string, init: object = {}): Promise<unknown> {
  return browser.evaluate(`fetch(${JSON.stringify(url)}, ${JSON.stringify(init)}).then(
    async (response) => [response.status, await response.text(), response.headers.get('x-total')],
    (error) => error.name
  )`)
}
