import { test } from 'tap'
import { Headers, MutableHeaders } from '../../../lib/http/headers.ts'
import { HTMLResponse } from '../../../lib/response/html-response.ts'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import { Response } from '../../../lib/response/response.ts'
import type { ResponseBody, ResponseOptions } from '../../../lib/response/response.ts'
import { settled } from '../../../lib/spec/app.ts'
import type { Send } from '../../../lib/spec/app.ts'
import type { HTTPResponseStartMessage } from '../../../lib/spec/messages.ts'
import { ClientDisconnected } from '../../../lib/spec/violations.ts'
import { httpScope, receiveNothing, recorder, websocketScope } from '../../support/messages.ts'

const nothing = (): void => {}
const denial = { extensions: { 'websocket.http.response': {} } }

async function sentBy(response: Response): Promise<unknown[]> {
  const { send, sent } = recorder()
  await response.respond(httpScope(), receiveNothing, send)
  return sent.map((message) => ('headers' in message ? { ...message, headers: [...message.headers!] } : message))
}

test('Response: sends one start and one body', async (t) => {
  t.strictSame(await sentBy(new PlainTextResponse('Hello')), [
    {
      type: 'http.response.start',
      status: 200,
      headers: [
        ['content-type', 'text/plain; charset=utf-8'],
        ['content-length', '5'],
      ],
    },
    { type: 'http.response.body', body: 'Hello', more_body: false },
  ])
})

test('Response: hands the fields over as a Headers, which servers take unchecked', async (t) => {
  const { send, sent } = recorder()
  await new Response('x', { headers: { a: '1' } }).respond(httpScope(), receiveNothing, send)
  t.type((sent[0] as HTTPResponseStartMessage).headers, Headers)
})

test('Response: when send has nothing to wait for, neither has the response', async (t) => {
  const { send, sent } = recorder()
  t.equal(new Response('x').respond(httpScope(), receiveNothing, send), settled)
  t.equal(sent.length, 2)
})

test('Response: waits for the start before it sends the body', async (t) => {
  let release = nothing
  const sent: string[] = []
  const send: Send = (message) => {
    sent.push(message.type)
    return new Promise((resolve) => (release = resolve))
  }
  const responding = new Response('x').respond(httpScope(), receiveNothing, send)
  t.strictSame(sent, ['http.response.start'])
  release()
  await Promise.resolve()
  t.strictSame(sent, ['http.response.start', 'http.response.body'])
  release()
  await responding
})

const text = 'text/plain; charset=utf-8'

/** What a response sets by itself, and what its user may say about that: RFC 9110 §8.3 and §8.6. */
const fields: readonly (readonly [what: string, response: Response, flat: readonly string[]])[] = [
  ['no body', new Response(), ['content-length', '0']],
  ['a text of several bytes per character', new Response('é€😀'), ['content-length', '9']],
  ['a lone surrogate', new Response('\ud800'), ['content-length', '3']],
  ['bytes', new Response(new Uint8Array(7)), ['content-length', '7']],
  ['a status', new PlainTextResponse('x', { status: 404 }), ['content-type', text, 'content-length', '1']],
  ['HTML', new HTMLResponse('<p>'), ['content-type', 'text/html; charset=utf-8', 'content-length', '3']],
  ['an empty text', new PlainTextResponse(), ['content-type', text, 'content-length', '0']],
  ['empty HTML', new HTMLResponse(), ['content-type', 'text/html; charset=utf-8', 'content-length', '0']],
  ['a media type', new Response('x', { mediaType: 'image/png' }), ['content-type', 'image/png', 'content-length', '1']],
  [
    'a text type',
    new Response('x', { mediaType: 'text/csv' }),
    ['content-type', 'text/csv; charset=utf-8', 'content-length', '1'],
  ],
  [
    'a text type in capitals',
    new Response('x', { mediaType: 'TEXT/csv' }),
    ['content-type', 'TEXT/csv; charset=utf-8', 'content-length', '1'],
  ],
  [
    'a charset',
    new Response('x', { mediaType: 'text/csv; Charset=latin1' }),
    ['content-type', 'text/csv; Charset=latin1', 'content-length', '1'],
  ],
  [
    'a parameter that ends like charset',
    new Response('x', { mediaType: 'text/csv; xcharset=a' }),
    ['content-type', 'text/csv; xcharset=a; charset=utf-8', 'content-length', '1'],
  ],
  [
    'a media type in place of the default',
    new PlainTextResponse('x', { mediaType: 'a/b' }),
    ['content-type', 'a/b', 'content-length', '1'],
  ],
  [
    'other fields',
    new PlainTextResponse('x', { headers: { 'X-A': '1' } }),
    ['x-a', '1', 'content-type', text, 'content-length', '1'],
  ],
  [
    'a content-type of the user',
    new PlainTextResponse('x', { headers: { 'Content-Type': 'a/b' } }),
    ['content-type', 'a/b', 'content-length', '1'],
  ],
  ['a content-length of the user', new Response(null, { headers: { 'CONTENT-LENGTH': '7' } }), ['content-length', '7']],
  ['204', new PlainTextResponse('', { status: 204 }), []],
  ['204 with a length', new Response(null, { status: 204, headers: { 'content-length': '0' } }), []],
  ['205', new Response(null, { status: 205 }), ['content-length', '0']],
  ['304', new Response(null, { status: 304, headers: { etag: '"x"' } }), ['etag', '"x"']],
  [
    '304 with a length',
    new Response(null, { status: 304, headers: { 'content-length': '7' } }),
    ['content-length', '7'],
  ],
]

for (const [what, response, flat] of fields) {
  test(`Response: fields with ${what}`, async (t) => {
    t.strictSame(response.headers.flat, flat)
  })
}

const refused: readonly (readonly [what: string, body: unknown, options: ResponseOptions, message: string | RegExp])[] =
  [
    [
      'status 199',
      null,
      { status: 199 },
      'Cannot make a response: the status is 199, expected an integer from 200 to 999',
    ],
    ['status 1000', null, { status: 1000 }, /the status is 1000/],
    ['a fraction as status', null, { status: 200.5 }, /the status is 200.5/],
    ['a string as status', null, { status: '404' as unknown as number }, /the status is "404"/],
    [
      'a body with 204',
      'x',
      { status: 204 },
      'Cannot make a response: status 204 allows no body, expected null or an empty one',
    ],
    ['a body with 205', 'x', { status: 205 }, /status 205 allows no body/],
    ['a body with 304', 'x', { status: 304 }, /status 304 allows no body/],
    ['a number as body', 5, {}, 'Cannot make a response: the body is 5, expected a string, a Uint8Array or null'],
    ['an object as body', {}, {}, /the body is an object of class Object/],
    ['a line break in a header', null, { headers: { a: 'x\r\nset-cookie: b=1' } }, /^Cannot set header "a"/],
    ['a line break in the name of a header', null, { headers: { 'a\r\nb': 'x' } }, /^Cannot set header "a\\r\\nb"/],
    [
      'a line break in the media type',
      null,
      { mediaType: 'text/plain\r\nset-cookie: b=1' },
      /^Cannot set header "content-type"/,
    ],
  ]

for (const [what, body, options, message] of refused) {
  test(`Response: ${what} is refused`, async (t) => {
    t.throws(() => new Response(body as ResponseBody, options), { name: 'TypeError', message })
  })
}

test('Response: headers with the names of Object.prototype are ordinary', async (t) => {
  const response = new Response(null, {
    headers: [
      ['__proto__', '1'],
      ['constructor', '2'],
    ],
  })
  t.strictSame(response.headers.flat, ['__proto__', '1', 'constructor', '2', 'content-length', '0'])
})

test('Response: can be sent twice, with the same messages', async (t) => {
  const response = new PlainTextResponse('x', { status: 201, headers: { a: '1' } })
  t.strictSame(await sentBy(response), await sentBy(response))
})

test('Response: what happens to a message does not reach the response', async (t) => {
  const response = new Response('x', { headers: { a: '1' } })
  response.headers.set('b', '2')
  const { send, sent } = recorder()
  await response.respond(httpScope(), receiveNothing, send)
  const start = sent[0] as HTTPResponseStartMessage
  const forwarded = MutableHeaders.from(start.headers!)
  forwarded.append('set-cookie', 'sid=of-one-user')
  start.status = 500
  t.notOk(response.headers.has('set-cookie'))
  t.equal(response.status, 200)
  t.notOk(start.headers instanceof MutableHeaders)
})

test('Response: what happens to the response after sending does not reach the message', async (t) => {
  for (const response of [new Response('x'), new Response('x', { headers: { a: '1' } })]) {
    const { send, sent } = recorder()
    await response.respond(httpScope(), receiveNothing, send)
    response.headers.set('late', '1')
    t.notOk((sent[0] as HTTPResponseStartMessage & { headers: Headers }).headers.has('late'))
  }
})

test('Response: headers can be changed until it is sent', async (t) => {
  const response = new PlainTextResponse('x')
  response.headers.set('Content-Type', 'a/b')
  t.equal(response.headers, response.headers)
  t.match(await sentBy(response), [
    {
      headers: [
        ['content-type', 'a/b'],
        ['content-length', '1'],
      ],
    },
  ])
})

test('Response: asgi is the response as an app', async (t) => {
  const { asgi } = new Response('x')
  const { send, sent } = recorder()
  await asgi(httpScope(), receiveNothing, send)
  t.equal(sent.length, 2)
})

test('Response: does not answer a lifespan', async (t) => {
  const scope = { type: 'lifespan' as const, asgi: { version: '3.0', spec_version: '2.0' }, state: {} }
  t.throws(() => new Response().respond(scope, receiveNothing, recorder().send), TypeError)
})

test('Response: setCookie() is secure by default', async (t) => {
  const response = new Response().setCookie('sid', 'a b')
  t.equal(response.headers.get('set-cookie'), 'sid=a%20b; Path=/; HttpOnly; SameSite=Lax')
})

test('Response: setCookie() takes attributes, and appends', async (t) => {
  const response = new Response()
    .setCookie('a', '1', { httpOnly: false, sameSite: null, path: null })
    .setCookie('b', '2', { sameSite: 'none', secure: true, path: '/x', maxAge: 5 })
  t.strictSame(response.headers.getAll('set-cookie'), [
    'a=1',
    'b=2; Max-Age=5; Path=/x; HttpOnly; Secure; SameSite=None',
  ])
})

test('Response: setCookie() refuses what would write other attributes', async (t) => {
  t.throws(() => new Response().setCookie('a', '1', { path: '/; Domain=evil.example' }), TypeError)
  t.throws(() => new Response().setCookie('a\r\nb', '1'), TypeError)
})

test('Response: deleteCookie() expires a cookie', async (t) => {
  const response = new Response().deleteCookie('sid', { path: '/x' })
  t.equal(
    response.headers.get('set-cookie'),
    'sid=; Max-Age=0; Path=/x; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; SameSite=Lax',
  )
})

test('Response: a background runs after the last message and is waited for', async (t) => {
  const events: string[] = []
  const send: Send = (message) => {
    events.push(message.type)
    return settled
  }
  const background = async (): Promise<void> => {
    events.push('begin')
    await Promise.resolve()
    events.push('end')
  }
  await new Response('x', { background }).respond(httpScope(), receiveNothing, send)
  t.strictSame(events, ['http.response.start', 'http.response.body', 'begin', 'end'])
})

test('Response: a background runs when the client has left, which the server still hears of', async (t) => {
  let runs = 0
  const gone = new ClientDisconnected()
  const response = new Response('x', { background: () => runs++ })
  await t.rejects(response.respond(httpScope(), receiveNothing, recorder({ at: 1, error: gone }).send), gone)
  t.equal(runs, 1)
})

test('Response: a background does not run when sending fails otherwise', async (t) => {
  let runs = 0
  const failure = new Error('broken')
  const response = new Response('x', { background: () => runs++ })
  await t.rejects(response.respond(httpScope(), receiveNothing, recorder({ at: 0, error: failure }).send), failure)
  t.equal(runs, 0)
})

test('Response: the failure of a background is the failure of the exchange', async (t) => {
  const failure = new Error('broken')
  const response = new Response('x', { background: () => Promise.reject(failure) })
  await t.rejects(response.respond(httpScope(), receiveNothing, recorder().send), failure)
})

test('Response: on a WebSocket scope it refuses the handshake', async (t) => {
  const { send, sent } = recorder()
  await new PlainTextResponse('no', { status: 401 }).respond(websocketScope(denial), receiveNothing, send)
  t.match(sent, [
    { type: 'websocket.http.response.start', status: 401 },
    { type: 'websocket.http.response.body', body: 'no', more_body: false },
  ])
  t.equal(sent.length, 2)
})

test('Response: on a WebSocket scope without the extension it closes', async (t) => {
  const { send, sent } = recorder()
  let runs = 0
  await new Response('no', { background: () => runs++ }).respond(websocketScope(), receiveNothing, send)
  t.strictSame(sent, [{ type: 'websocket.close' }])
  t.equal(runs, 1)
})
