import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-port=0',
]

type Reply = { readonly id?: number; readonly result?: unknown; readonly error?: { readonly message: string } }

/** A cookie as the browser keeps it. */
export interface BrowserCookie {
  readonly name: string
  readonly value: string
  readonly domain: string
  readonly path: string
  readonly httpOnly: boolean
  readonly secure: boolean
  readonly sameSite?: string
}

/** A headless Chromium with one page, driven over the DevTools protocol. */
export class Browser implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly #profile: string
  readonly #devtools: WebSocket
  #session = ''
  #calls = 0

  constructor(process: ChildProcess, profile: string, devtools: WebSocket) {
    this.#process = process
    this.#profile = profile
    this.#devtools = devtools
  }

  /** Starts the browser. */
  static async open(program = 'chromium', moreFlags: readonly string[] = []): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), 'stelline-browser-'))
    const process = spawn(program, [...flags, ...moreFlags, `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const devtools = new WebSocket(await devtoolsURL(process))
    await once(devtools, 'open')
    const browser = new Browser(process, profile, devtools)
    const { targetId } = (await browser.#call('Target.createTarget', { url: 'about:blank' })) as { targetId: string }
    const { sessionId } = (await browser.#call('Target.attachToTarget', { targetId, flatten: true })) as {
      sessionId: string
    }
    browser.#session = sessionId
    return browser
  }

  /** Goes to a URL and waits until the page is loaded. */
  async visit(url: string): Promise<void> {
    await this.#call('Page.enable', {})
    const loaded = this.#event('Page.loadEventFired')
    await this.#call('Page.navigate', { url })
    await loaded
  }

  /** Runs JavaScript in the page and resolves with its value, awaited. */
  async evaluate(expression: string): Promise<unknown> {
    const parameters = { expression, awaitPromise: true, returnByValue: true }
    const reply = (await this.#call('Runtime.evaluate', parameters)) as {
      result: { value?: unknown }
      exceptionDetails?: { text: string; exception?: { description?: string } }
    }
    const failure = reply.exceptionDetails
    if (failure !== undefined) throw new Error(failure.exception?.description ?? failure.text)
    return reply.result.value
  }

  /** The cookies that would go to the page's server, those that scripts cannot see included. */
  async cookies(): Promise<readonly BrowserCookie[]> {
    const { cookies } = (await this.#call('Network.getCookies', {})) as { cookies: readonly BrowserCookie[] }
    return cookies
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'close')
    this.#session = ''
    await this.#call('Browser.close', {})
    await ended
    this.#devtools.terminate()
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }

  async #call(method: string, params: object): Promise<unknown> {
    const id = ++this.#calls
    const session = this.#session === '' ? {} : { sessionId: this.#session }
    this.#devtools.send(JSON.stringify({ id, method, params, ...session }))
    const reply = await this.#message((message) => message.id === id)
    if (reply.error !== undefined) throw new Error(`${method}: ${reply.error.message}`)
    return reply.result
  }

  async #event(method: string): Promise<void> {
    await this.#message((message) => (message as { method?: string }).method === method)
  }

  #message(wanted: (message: Reply) => boolean): Promise<Reply> {
    return new Promise((resolve) => {
      const listener = (data: Buffer): void => {
        const message = JSON.parse(data.toString()) as Reply
        if (!wanted(message)) return
        this.#devtools.off('message', listener)
        resolve(message)
      }
      this.#devtools.on('message', listener)
    })
  }
}

async function devtoolsURL(process: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: process.stderr! })) {
    const url = /DevTools listening on (ws:\S+)/.exec(line)?.[1]
    if (url !== undefined) return url
  }
  throw new Error('Chromium ended before it listened')
}
