import { once } from 'node:events'
import { test } from 'tap'
import { WebSocket } from 'ws'
import hello from '../../docs/examples/hello.ts'
import { serve } from '../../lib/servers/node/serve.ts'
import { lint } from '../../lib/testing/conformance/lint.ts'
import { Browser } from '../support/browser.ts'
import { websocketEcho } from '../targets/websocket-echo.ts'
import { missing, run } from './program.ts'

test('curl: gets, puts and sees a 404', { skip: missing('curl') }, async (t) => {
  await using server = await serve(lint(hello), { port: 0 })
  const item = ['-X', 'PUT', '-H', 'content-type: application/json', '-d', '{"name":"tea","price":3}']

  const greeting = await run('curl', ['-sS', `${server.url}/greet/Ada`])
  const created = await run('curl', ['-sS', '-w', ' %{http_code}', ...item, `${server.url}/items/1`])
  const absent = await run('curl', ['-sS', '-w', ' %{http_code}', `${server.url}/items/2`])

  t.equal(greeting.output, '{"greeting":"Hello, Ada!"}')
  t.equal(created.output, '{"name":"tea","price":3} 201')
  t.equal(absent.output, 'No item 2 404')
})

test('curl: asks for HTTP/2 in clear and is answered over HTTP/1.1', { skip: missing('curl') }, async (t) => {
  await using server = await serve(lint(hello), { port: 0 })

  const { output } = await run('curl', ['-sS', '--http2', '-w', ' %{http_version}', `${server.url}/`])

  t.equal(output, 'Hello, world! 1.1')
})

test('wget: downloads', { skip: missing('wget') }, async (t) => {
  await using server = await serve(lint(hello), { port: 0 })

  const { code, output } = await run('wget', ['-q', '-O', '-', `${server.url}/`])

  t.same({ code, output }, { code: 0, output: 'Hello, world!' })
})

test('Chromium: shows an answer', { skip: missing('chromium'), timeout: 60_000 }, async (t) => {
  await using server = await serve(lint(hello), { port: 0 })
  await using browser = await Browser.open()

  await browser.visit(`${server.url}/greet/Ada`)

  t.equal(await browser.evaluate('document.body.innerText'), '{"greeting":"Hello, Ada!"}')
})

test('Chromium: fetches, and talks over a WebSocket', { skip: missing('chromium'), timeout: 60_000 }, async (t) => {
  await using server = await serve(lint(hello), { port: 0 })
  await using browser = await Browser.open()
  await browser.visit(server.url)

  const status = await browser.evaluate(`fetch('/items/1', {
    method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"name":"tea","price":3}'
  }).then((response) => response.status)`)
  const echo = await browser.evaluate(`new Promise((resolve, reject) => {
    const socket = new WebSocket(location.origin.replace('http', 'ws') + '/echo')
    socket.onopen = () => socket.send('ping ☃')
    socket.onmessage = (message) => { socket.close(); resolve(message.data) }
    socket.onerror = () => reject(new Error('the WebSocket failed'))
  })`)

  t.equal(status, 201)
  t.equal(echo, 'ping ☃')
})

test('WebSocket client: gets a message of 16 MiB back', async (t) => {
  await using server = await serve(lint(websocketEcho), { port: 0 })
  const message = Buffer.alloc(16 * 1024 * 1024, 'x')
  const client = new WebSocket(server.url.replace('http', 'ws'), { maxPayload: message.length })
  await once(client, 'open')

  client.send(message)
  const [echoed, isBinary] = (await once(client, 'message')) as [Buffer, boolean]
  client.close()
  await once(client, 'close')

  t.equal(isBinary, true)
  t.ok(echoed.equals(message))
})
