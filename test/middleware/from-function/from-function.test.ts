import { AsyncLocalStorage } from 'node:async_hooks'
import { test } from 'tap'
import { exceptionHandler } from '../../../lib/endpoint/exception-handlers.ts'
import { HTTPException } from '../../../lib/exceptions/http-exception.ts'
import { Request } from '../../../lib/request/request.ts'
import { PlainTextResponse } from '../../../lib/response/plain-text-response.ts'
import { Response } from '../../../lib/response/response.ts'
import { StreamingResponse } from '../../../lib/response/streaming-response.ts'
import { settled } from '../../../lib/spec/app.ts'
import type { ASGIApp, Receive } from '../../../lib/spec/app.ts'
import type { SendMessage } from '../../../lib/spec/messages.ts'
import { ClientDisconnected } from '../../../lib/spec/violations.ts'
import { httpScope, lifespanScope } from '../../../lib/testing/scopes.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import { cors } from '../../../middleware/cors/cors.ts'
import { fromFunction } from '../../../middleware/from-function/from-function.ts'
import type {
  FromFunctionOptions,
  RequestFunction,
  WebSocketFunction,
} from '../../../middleware/from-function/from-function.ts'
import { Application } from '../../../routing/application.ts'
import { denialOf } from '../../support/denial-of.ts'
import { receiveNothing, receiving, receivingBody, recorder } from '../../support/messages.ts'
import { outcomeOf } from '../../support/outcome-of.ts'
import { tagging } from '../../support/tagging.ts'

const text = (body: string): ASGIApp => new PlainTextResponse(body).asgi
const around = (run: RequestFunction, app: ASGIApp, options?: FromFunctionOptions): ASGIApp =>
  fromFunction(run, options)(app)
const pass: RequestFunction = (request, next) => next(request)

// ---- Starlette 1.3.1 §1.9, BaseHTTPMiddleware

test('fromFunction: lets the response through', async (t) => {
  const { status, headers, text: body, error } = await outcomeOf(around(pass, text('hello')), httpScope())
  t.strictSame([status, headers.get('content-length'), body, error], [200, '5', 'hello', null])
})

test('fromFunction: may change the status and the headers', async (t) => {
  const run: RequestFunction = async (request, next) => {
    const response = await next(request)
    response.status = 202
    response.headers.set('x-added', 'yes')
    response.headers.delete('content-type')
    return response.setCookie('seen', '1')
  }
  const { status, headers, text: body } = await outcomeOf(around(run, text('hello')), httpScope())
  t.strictSame([status, body], [202, 'hello'])
  t.match(
    [...headers],
    [
      ['content-length', '5'],
      ['x-added', 'yes'],
      ['set-cookie', /^seen=1;/],
    ],
  )
})

test('fromFunction: sees the status and the headers of the app within', async (t) => {
  let seen: unknown
  const run: RequestFunction = async (request, next) => {
    const response = await next(request)
    seen = [response.status, response.headers.get('x-inner')]
    return response
  }
  const app = new PlainTextResponse('', { status: 404, headers: { 'x-inner': 'yes' } }).asgi
  await outcomeOf(around(run, app), httpScope())
  t.strictSame(seen, [404, 'yes'])
})

for (const status of [204, 304]) {
  test(`fromFunction: lets a ${status} through`, async (t) => {
    const outcome = await outcomeOf(around(pass, new Response(null, { status }).asgi), httpScope())
    t.match(outcome, { status, text: '', error: null })
    t.equal(outcome.headers.has('content-length'), false)
  })
}

test('fromFunction: may answer without a call of the app', async (t) => {
  const app = around(
    () => new PlainTextResponse('mine', { status: 403 }),
    () => Promise.reject(new Error('called')),
  )
  t.match(await outcomeOf(app, httpScope()), { status: 403, text: 'mine', error: null })
})

test('fromFunction: may answer with a Fetch Response', async (t) => {
  const app = around(() => globalThis.Response.json({ mine: true }), text(''))
  t.match(await outcomeOf(app, httpScope()), { status: 200, text: '{"mine":true}' })
})

test('fromFunction: a function that returns nothing is told so', async (t) => {
  const app = around((async () => {}) as unknown as RequestFunction, text(''))
  t.match(await outcomeOf(app, httpScope()), { error: { message: /^Cannot respond with undefined/ } })
})

test('fromFunction: may replace the response', async (t) => {
  const run: RequestFunction = async (request, next) => {
    const { status } = await next(request)
    return new PlainTextResponse(`it was ${status}`, { status: 201 })
  }
  t.match(await outcomeOf(around(run, text('hello')), httpScope()), { status: 201, text: 'it was 200', error: null })
})

test('fromFunction: a stream whose response is replaced is told to end', async (t) => {
  const seen: string[] = []
  async function* endless(): AsyncGenerator<string, void, undefined> {
    try {
      for (;;) yield 'chunk'
    } finally {
      seen.push('ended')
    }
  }
  const background = (): unknown => seen.push('background')
  const run: RequestFunction = async (request, next) => {
    await next(request)
    return new PlainTextResponse('short')
  }
  const app = around(run, new StreamingResponse(endless(), { background }).asgi)
  t.match(await outcomeOf(app, httpScope()), { status: 200, text: 'short', error: null })
  t.strictSame(seen, ['ended', 'background'])
})

test('fromFunction: an app that fails because its response was replaced is no failure', async (t) => {
  const inner: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: 'a', more_body: true })
  }
  const run: RequestFunction = async (request, next) => {
    await next(request)
    return new PlainTextResponse('mine')
  }
  t.match(await outcomeOf(around(run, inner), httpScope()), { text: 'mine', error: null })
})

test('fromFunction: another failure of an app whose response was replaced is one', async (t) => {
  const inner: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: '' })
    throw new TypeError('after the end')
  }
  const run: RequestFunction = async (request, next) => {
    await next(request)
    return new PlainTextResponse('mine')
  }
  t.match(await outcomeOf(around(run, inner), httpScope()), { text: 'mine', error: { message: 'after the end' } })
})

// ---- streaming stays streaming

test('fromFunction: a chunk leaves before the next one is made', async (t) => {
  const app = new Application({ middleware: [fromFunction(pass)] })
  let goOn = (): void => {}
  const gate = new Promise<void>((resolve) => (goOn = resolve))
  app.get('/', () => {
    async function* chunks(): AsyncGenerator<string, void, undefined> {
      yield 'one'
      await gate
      yield 'two'
    }
    return new StreamingResponse(chunks())
  })
  await using client = await TestClient.open(app)
  const response = await client.get('/')
  const seen: string[] = []
  for await (const chunk of response) {
    seen.push(Buffer.from(chunk).toString())
    goOn()
  }
  t.strictSame(seen, ['one', 'two'])
})

test('fromFunction: a slow client slows the stream down', async (t) => {
  let made = 0
  function* chunks(): Generator<string, void, undefined> {
    while (made < 1000) yield `${++made}`.padEnd(1000)
  }
  const app = new Application({ middleware: [fromFunction(pass)] })
  app.get('/', () => new StreamingResponse(chunks()))
  await using client = await TestClient.open(app, { unreadLimitBytes: 10_000 })
  const response = await client.get('/')
  await new Promise(setImmediate)
  t.ok(made < 30, `${made} chunks were made for a client that takes none`)
  t.equal((await response.bytes()).length, 1_000_000)
})

test('fromFunction: forwards trailers, early hints and debug messages', async (t) => {
  const messages: SendMessage[] = [
    { type: 'http.response.early_hint', links: ['</a>'] },
    { type: 'http.response.debug', info: { template: 'a' } },
    { type: 'http.response.start', status: 200, headers: [], trailers: true },
    { type: 'http.response.body', body: 'x' },
    { type: 'http.response.trailers', headers: [['x-sum', '1']] },
  ]
  const inner: ASGIApp = async (_scope, _receive, send) => {
    for (const message of messages) await send(message)
  }
  const { send, sent } = recorder()
  await around(pass, inner)(httpScope(), receiveNothing, send)
  t.strictSame(
    sent.map(({ type }) => type),
    messages.map(({ type }) => type),
  )
  t.match(sent[2], { trailers: true })
})

test('fromFunction: forwards a file that the server is to send', async (t) => {
  const inner: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.pathsend', path: '/file' })
  }
  const { send, sent } = recorder()
  await around(pass, inner)(httpScope(), receiveNothing, send)
  t.match(sent[1], { type: 'http.response.pathsend', path: '/file' })
})

// ---- stream(): reading the response

const shouting: RequestFunction = async (request, next) => {
  const response = await next(request)
  async function* upper(): AsyncGenerator<string, void, undefined> {
    for await (const chunk of response.stream()) yield Buffer.from(chunk).toString().toUpperCase()
  }
  return new StreamingResponse(upper(), { status: response.status })
}

test('HeldResponse.stream: gives out the body as it is made', async (t) => {
  const inner = new StreamingResponse(['one ', Buffer.from('two'), '']).asgi
  t.match(await outcomeOf(around(shouting, inner), httpScope()), { status: 200, text: 'ONE TWO', error: null })
})

test('HeldResponse.stream: an app that fails in the middle fails the reader', async (t) => {
  const inner: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: 'a', more_body: true })
    throw new TypeError('broken')
  }
  t.match(await outcomeOf(around(shouting, inner), httpScope()), { text: 'A', error: { message: 'broken' } })
})

test('HeldResponse.stream: an app that ends too early fails the reader', async (t) => {
  const inner: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', more_body: true })
  }
  t.match(await outcomeOf(around(shouting, inner), httpScope()), {
    error: { message: 'Cannot read the response of next(): the app ended before it was complete' },
  })
})

test('HeldResponse.stream: a reader that leaves early ends the stream', async (t) => {
  let ended = false
  async function* endless(): AsyncGenerator<string, void, undefined> {
    try {
      for (;;) yield 'chunk'
    } finally {
      ended = true
    }
  }
  const run: RequestFunction = async (request, next) => {
    for await (const chunk of (await next(request)).stream())
      return new PlainTextResponse(Buffer.from(chunk).toString())
    return new PlainTextResponse('nothing')
  }
  t.match(await outcomeOf(around(run, new StreamingResponse(endless()).asgi), httpScope()), {
    text: 'chunk',
    error: null,
  })
  t.equal(ended, true)
})

test('HeldResponse.stream: does not read a file that the server is to send', async (t) => {
  const inner: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.pathsend', path: '/file' })
  }
  const { error } = await outcomeOf(
    around(shouting, inner),
    httpScope({ extensions: { 'http.response.pathsend': {} } }),
  )
  t.match(error, {
    message:
      'Cannot read the response of next(): the server is to send it by "http.response.pathsend", expected a body',
  })
})

test('HeldResponse.stream: can be read once, and not sent afterwards', async (t) => {
  const run: RequestFunction = async (request, next) => {
    const response = await next(request)
    await response.stream().next()
    await t.rejects(response.stream().next(), {
      message: /^Cannot use the response of next\(\): it was sent, read or replaced/,
    })
    return response
  }
  t.match(await outcomeOf(around(run, text('a')), httpScope()), {
    error: { message: /^Cannot use the response of next/ },
  })
})

// ---- the body before and after

const readers: ReadonlyArray<readonly [how: string, read: (request: Request) => Promise<string>]> = [
  ['text()', (request) => request.text()],
  [
    'stream()',
    async (request) => {
      const chunks: Uint8Array[] = []
      for await (const chunk of request.stream()) chunks.push(chunk)
      return Buffer.concat(chunks).toString()
    },
  ],
]

for (const [outerHow, readOuter] of readers) {
  for (const [innerHow, readInner] of readers) {
    for (const when of ['before', 'after']) {
      test(`fromFunction: ${outerHow} ${when} the app within and ${innerHow} in it read the same body`, async (t) => {
        const seen: string[] = []
        const run: RequestFunction = async (request, next) => {
          if (when === 'before') seen.push(await readOuter(request))
          const response = await next(request)
          if (when === 'after') seen.push(await readOuter(request))
          return response
        }
        const app = new Application({ middleware: [fromFunction(run)] })
        app.post('/', async (request) => {
          seen.push(await readInner(request))
          return new PlainTextResponse('')
        })
        const scope = httpScope({ method: 'POST' })
        t.match(await outcomeOf(app, scope, receivingBody('one ', 'two ', 'three')), { status: 200, error: null })
        t.strictSame(seen, ['one two three', 'one two three'])
      })
    }
  }
}

test('fromFunction: a part that the function has read is there for the app within', async (t) => {
  const run: RequestFunction = async (request, next) => {
    const { value } = await request.stream().next()
    t.equal(Buffer.from(value as Uint8Array).toString(), 'one')
    return next(request)
  }
  const inner: ASGIApp = async (scope, receive, send) => {
    const body = await new Request(scope as never, receive).text()
    await new PlainTextResponse(body).respond(scope, receive, send)
  }
  t.equal((await outcomeOf(around(run, inner), httpScope(), receivingBody('one', 'two'))).text, 'onetwo')
})

test('fromFunction: a longer body than is kept is read once, and whoever comes late is told', async (t) => {
  const run: RequestFunction = async (request, next) => {
    await request.text()
    return next(request)
  }
  const inner: ASGIApp = async (scope, receive, send) => {
    const error = await new Request(scope as never, receive).text().catch((reason: unknown) => reason)
    await new PlainTextResponse((error as { code?: string }).code ?? 'none').respond(scope, receive, send)
  }
  const app = around(run, inner, { maxReplayBytes: 5 })
  t.equal((await outcomeOf(app, httpScope(), receivingBody('one', 'two'))).text, 'STELLINE_BODY_CONSUMED')
  t.equal(
    (await outcomeOf(around(run, inner, { maxReplayBytes: 6 }), httpScope(), receivingBody('one', 'two'))).text,
    'none',
  )
})

test('fromFunction: an upload is not slowed down or kept whole by a function that does not read', async (t) => {
  const inner: ASGIApp = async (scope, receive, send) => {
    let size = 0
    for await (const chunk of new Request(scope as never, receive).stream()) size += chunk.length
    await new PlainTextResponse(String(size)).respond(scope, receive, send)
  }
  const pieces = Array.from({ length: 40 }, () => new Uint8Array(100_000))
  t.equal((await outcomeOf(around(pass, inner), httpScope(), receivingBody(...pieces))).text, '4000000')
})

test('fromFunction: two receives at once get two messages', async (t) => {
  const inner: ASGIApp = async (scope, receive, send) => {
    const messages = (await Promise.all([receive(), receive(), receive()])) as Array<{
      body?: Uint8Array
      type: string
    }>
    const shown = messages.map(({ body, type }) => (body === undefined ? type : Buffer.from(body).toString()))
    await new PlainTextResponse(shown.join()).respond(scope, receive, send)
  }
  const receive = receiving(
    { type: 'http.request', body: Buffer.from('a'), more_body: true },
    { type: 'http.request', body: Buffer.from('b') },
    { type: 'http.disconnect' },
  )
  t.equal((await outcomeOf(around(pass, inner), httpScope(), receive)).text, 'a,b,http.disconnect')
})

test('fromFunction: a function and the app within that wait for the same message both get it', async (t) => {
  let give = (): void => {}
  const receive: Receive = () =>
    new Promise((resolve) => (give = () => resolve({ type: 'http.request', body: Buffer.from('late') })))
  const run: RequestFunction = async (request, next) => {
    const mine = request.text()
    const response = next(request)
    await new Promise(setImmediate)
    give()
    const replaced = new PlainTextResponse(await mine)
    return Object.assign(await response, { status: replaced.body === 'late' ? 200 : 500 })
  }
  const inner: ASGIApp = async (scope, receiveInner, send) => {
    const body = await new Request(scope as never, receiveInner).text()
    await new PlainTextResponse(body).respond(scope, receiveInner, send)
  }
  const { send, sent } = recorder()
  await around(run, inner)(httpScope(), receive, send)
  t.match(sent, [{ status: 200 }, { body: 'late' }])
})

test('fromFunction: a failure to receive reaches whoever reads', async (t) => {
  const run: RequestFunction = async (request) =>
    new PlainTextResponse(await request.text().catch((error: Error) => error.message))
  t.equal((await outcomeOf(around(run, text('')), httpScope(), receiveNothing)).text, 'receive was called')
})

test('fromFunction: temporary files of a form that the function reads are removed', async (t) => {
  const seen: string[] = []
  const run: RequestFunction = async ({ scope }) => {
    scope.at_end = [async () => void seen.push('removed')]
    return new PlainTextResponse('')
  }
  await outcomeOf(around(run, text('')), httpScope())
  t.strictSame(seen, ['removed'])
})

// ---- disconnects

test('fromFunction: a disconnect arrives in the app within', async (t) => {
  const seen: string[] = []
  const inner: ASGIApp = async (_scope, receive) => {
    for (let i = 0; i < 3; i++) seen.push((await receive()).type)
    throw new ClientDisconnected()
  }
  const gone: Receive = receiving({ type: 'http.request' }, { type: 'http.disconnect' }, { type: 'http.disconnect' })
  await t.rejects(
    around(pass, inner)(httpScope(), gone, () => settled),
    { code: 'EPIPE' },
  )
  t.strictSame(seen, ['http.request', 'http.disconnect', 'http.disconnect'])
})

test('fromFunction: background work runs when the client has left', async (t) => {
  const seen: string[] = []
  const inner = new PlainTextResponse('hello', { background: () => seen.push('background') }).asgi
  const send = (): Promise<void> => Promise.reject(new ClientDisconnected())
  await t.rejects(around(pass, inner)(httpScope(), receiveNothing, send), { code: 'EPIPE' })
  t.strictSame(seen, ['background'])
})

test('fromFunction: background work runs after the response, and belongs to the call', async (t) => {
  const seen: string[] = []
  const background = async (): Promise<void> => {
    await new Promise(setImmediate)
    seen.push('background')
  }
  const send = async ({ type }: SendMessage): Promise<void> => void seen.push(type)
  await around(pass, new PlainTextResponse('', { background }).asgi)(httpScope(), receiveNothing, send)
  t.strictSame(seen, ['http.response.start', 'http.response.body', 'background'])
})

test('fromFunction: a failure of background work propagates', async (t) => {
  const background = (): never => {
    throw new TypeError('in the background')
  }
  const { status, error } = await outcomeOf(around(pass, new PlainTextResponse('', { background }).asgi), httpScope())
  t.strictSame([status, (error as Error).message], [200, 'in the background'])
})

// ---- contexts

test('fromFunction: a context flows down and what is put into it flows up', async (t) => {
  const storage = new AsyncLocalStorage<Map<string, string>>()
  const seen: Array<string | undefined> = []
  const run: RequestFunction = (request, next) => {
    const store = new Map([['user', 'Ada']])
    return storage.run(store, async () => {
      const response = await next(request)
      seen.push(storage.getStore()?.get('found'))
      return response
    })
  }
  const app = new Application({ middleware: [fromFunction(run)] })
  app.get('/', async () => {
    await new Promise(setImmediate)
    storage.getStore()?.set('found', 'tea')
    async function* chunks(): AsyncGenerator<string, void, undefined> {
      await new Promise(setImmediate)
      yield storage.getStore()?.get('user') ?? 'nobody'
    }
    return new StreamingResponse(chunks(), { background: () => seen.push(storage.getStore()?.get('user')) })
  })
  t.equal((await outcomeOf(app, httpScope())).text, 'Ada')
  t.strictSame(seen, ['tea', 'Ada'])
})

test('fromFunction: the app within is called at once, in no task of its own', async (t) => {
  const order: string[] = []
  const run: RequestFunction = (request, next) => {
    const response = next(request)
    order.push('after next')
    return response
  }
  const inner: ASGIApp = (scope, receive, send) => {
    order.push('app')
    return new PlainTextResponse('').respond(scope, receive, send)
  }
  await outcomeOf(around(run, inner), httpScope())
  t.strictSame(order, ['app', 'after next'])
})

// ---- exceptions

const catching: RequestFunction = async (request, next) => {
  try {
    return await next(request)
  } catch (error) {
    return new PlainTextResponse(`caught ${(error as Error).message}`, { status: 503 })
  }
}

for (const [how, inner] of [
  [
    'throws',
    (): never => {
      throw new TypeError('it')
    },
  ],
  ['rejects', () => Promise.reject(new TypeError('it'))],
] as const) {
  test(`fromFunction: may catch what the app within ${how}`, async (t) => {
    t.match(await outcomeOf(around(catching, inner), httpScope()), { status: 503, text: 'caught it', error: null })
  })
}

test('fromFunction: an app that ends without a response fails next()', async (t) => {
  t.match(
    await outcomeOf(
      around(catching, async () => {}),
      httpScope(),
    ),
    {
      text: 'caught Cannot go on with next(): the app ended without a response',
    },
  )
})

test('fromFunction: what it does not catch propagates', async (t) => {
  t.match(
    await outcomeOf(
      around(pass, () => Promise.reject(new TypeError('it'))),
      httpScope(),
    ),
    {
      status: null,
      error: { message: 'it' },
    },
  )
})

test('fromFunction: an app that fails in the middle of its response fails the call', async (t) => {
  const inner: ASGIApp = async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: 'a', more_body: true })
    throw new TypeError('in the middle')
  }
  t.match(await outcomeOf(around(pass, inner), httpScope()), { text: 'a', error: { message: 'in the middle' } })
})

test('fromFunction: next() can be called once', async (t) => {
  const run: RequestFunction = async (request, next) => {
    const response = await next(request)
    await t.rejects(next(request), {
      name: 'TypeError',
      message: 'Cannot call next(): it was called before, expected one call before the function ends',
    })
    return response
  }
  t.match(await outcomeOf(around(run, text('a')), httpScope()), { status: 200, error: null })
})

test('fromFunction: next() cannot be called when the function has ended', async (t) => {
  let late: (() => Promise<unknown>) | null = null
  const run: RequestFunction = (request, next) => {
    late = () => next(request)
    return new PlainTextResponse('')
  }
  await outcomeOf(around(run, text('a')), httpScope())
  await t.rejects(late!(), { message: /^Cannot call next\(\): the function has ended/ })
})

test('fromFunction: a function that does not wait for next() is not failed by it', async (t) => {
  for (const inner of [async (): Promise<void> => {}, text('late')]) {
    const run: RequestFunction = (request, next) => {
      void next(request)
      return new PlainTextResponse('mine')
    }
    t.match(await outcomeOf(around(run, inner), httpScope()), { text: 'mine', error: null })
  }
})

test('fromFunction: an app that fails when nobody waits for it any more fails the call', async (t) => {
  const run: RequestFunction = (request, next) => {
    void next(request)
    return new PlainTextResponse('mine')
  }
  const inner: ASGIApp = async () => {
    await new Promise(setImmediate)
    throw new TypeError('late')
  }
  t.match(await outcomeOf(around(run, inner), httpScope()), { text: 'mine', error: { message: 'late' } })
})

test('fromFunction: an app that starts its response when it is not wanted any more is discarded', async (t) => {
  const run: RequestFunction = (request, next) => {
    void next(request)
    return new PlainTextResponse('mine')
  }
  const inner: ASGIApp = async (scope, receive, send) => {
    await new Promise(setImmediate)
    await new PlainTextResponse('late').respond(scope, receive, send)
  }
  t.match(await outcomeOf(around(run, inner), httpScope()), { text: 'mine', error: null })
})

test('fromFunction: a status that the app within made up is its error', async (t) => {
  const inner: ASGIApp = (_scope, _receive, send) => send({ type: 'http.response.start', status: 99 })
  t.match(await outcomeOf(around(pass, inner), httpScope()), { error: { name: 'TypeError', message: /status is 99/ } })
})

test('fromFunction: a body before its start is refused by the server', async (t) => {
  const inner: ASGIApp = (_scope, _receive, send) => send({ type: 'http.response.body', body: '' })
  t.match(await outcomeOf(around(pass, inner), httpScope()), { error: { code: 'STELLINE_PROTOCOL_VIOLATION' } })
})

test('fromFunction: a start that an outer middleware refuses ends the call', async (t) => {
  const refusing =
    (app: ASGIApp): ASGIApp =>
    (scope, receive, send) =>
      app(scope, receive, (message) => {
        if (message.type === 'http.response.start') throw new TypeError('refused')
        return send(message)
      })
  t.match(await outcomeOf(refusing(around(pass, text('a'))), httpScope()), {
    status: null,
    error: { message: 'refused' },
  })
})

// ---- in an application

function appWith(run: RequestFunction): Application {
  const app = new Application({
    middleware: [cors({ allowOrigins: ['https://a.example'] }), fromFunction(run), tagging('inner')],
  })
  app.get('/', () => new PlainTextResponse('home'))
  app.get('/bug', () => {
    throw new TypeError('bug')
  })
  app.get('/refused', () => {
    throw new HTTPException(403)
  })
  app.get('/broken-stream', () => {
    const chunks = { next: () => Promise.reject(new HTTPException(418)), [Symbol.asyncIterator]: () => chunks }
    return new StreamingResponse(chunks)
  })
  return app
}

const page = { headers: { origin: 'https://a.example' } }

for (const [what, run, path] of [
  ['the endpoint fails', pass, '/bug'],
  [
    'the function fails before',
    () => {
      throw new TypeError('mine')
    },
    '/',
  ],
  [
    'the function fails after',
    async (request, next) => {
      await next(request)
      throw new TypeError('mine')
    },
    '/',
  ],
] as ReadonlyArray<readonly [string, RequestFunction, string]>) {
  test(`fromFunction: when ${what}, the 500 passes the middleware around it`, async (t) => {
    await using client = await TestClient.open(appWith(run), { raiseServerErrors: false })
    const response = await client.get(path, page)
    t.strictSame([response.status, await response.text()], [500, 'Internal Server Error'])
    t.equal(response.headers.get('access-control-allow-origin'), 'https://a.example')
  })
}

test('fromFunction: sees the answers to errors that have a handler', async (t) => {
  const seen: number[] = []
  const run: RequestFunction = async (request, next) => {
    const response = await next(request)
    seen.push(response.status)
    return response
  }
  await using client = await TestClient.open(appWith(run))
  t.equal((await client.get('/refused')).status, 403)
  t.equal((await client.get('/nothing')).status, 404)
  t.strictSame(seen, [403, 404])
})

test('fromFunction: a stream that refuses at its begin is answered as an endpoint that refuses', async (t) => {
  await using client = await TestClient.open(appWith(pass))
  t.equal((await client.get('/broken-stream')).status, 418)
})

test('fromFunction: on a route it may throw what has a handler, which gets its request', async (t) => {
  const run: RequestFunction = async (request) => {
    throw new HTTPException(400, { detail: `refused ${await request.text()}` })
  }
  const app = new Application({
    exceptionHandlers: [
      exceptionHandler(
        HTTPException,
        async (request, { detail }) =>
          new PlainTextResponse(`${detail}, ${await (request as Request).text()}`, { status: 400 }),
      ),
    ],
  })
  app.post('/', () => new PlainTextResponse(''), { middleware: [fromFunction(run)] })
  await using client = await TestClient.open(app)
  const response = await client.post('/', { body: 'tea' })
  t.strictSame([response.status, await response.text()], [400, 'refused tea, tea'])
})

test('fromFunction: several of them nest', async (t) => {
  const adding =
    (name: string): RequestFunction =>
    async (request, next) => {
      const before = await request.text()
      const response = await next(request)
      response.headers.append('x-order', `${name}:${before}`)
      return response
    }
  const app = new Application({ middleware: ['a', 'b', 'c'].map((name) => fromFunction(adding(name))) })
  app.post('/', async (request) => new PlainTextResponse(await request.text()))
  await using client = await TestClient.open(app)
  const response = await client.post('/', { body: 'tea' })
  t.strictSame([await response.text(), response.headers.getAll('x-order')], ['tea', ['c:tea', 'b:tea', 'a:tea']])
})

test('fromFunction: next() with a request of another scope calls the app with that one', async (t) => {
  const run: RequestFunction = (request, next) => next(new Request({ ...request.scope, path: '/other' }))
  const inner: ASGIApp = (scope, receive, send) =>
    new PlainTextResponse((scope as { path: string }).path).respond(scope, receive, send)
  t.equal((await outcomeOf(around(run, inner), httpScope())).text, '/other')
})

test('fromFunction: next() needs no argument', async (t) => {
  t.equal(
    (
      await outcomeOf(
        around((_request, next) => next(), text('a')),
        httpScope(),
      )
    ).text,
    'a',
  )
})

// ---- WebSockets, lifespan, set-up

const echo: ASGIApp = async (scope, receive, send) => {
  if (scope.type === 'lifespan') return
  await receive()
  await send({ type: 'websocket.accept' })
  await send({ type: 'websocket.send', text: 'hello' })
  await send({ type: 'websocket.close' })
}

test('fromFunction: lets WebSockets pass', async (t) => {
  await using client = await TestClient.open(
    around(() => new PlainTextResponse(''), echo),
    { lifespan: 'off' },
  )
  t.equal(await (await client.websocket('/')).receiveText(), 'hello')
})

test('fromFunction: a function for WebSockets stands around them', async (t) => {
  const seen: string[] = []
  const websocket: WebSocketFunction = async ({ path }, next) => {
    seen.push(`before ${path}`)
    await next()
    seen.push('after')
  }
  await using client = await TestClient.open(around(pass, echo, { websocket }), { lifespan: 'off' })
  t.equal(await (await client.websocket('/a')).receiveText(), 'hello')
  await client.close()
  t.strictSame(seen, ['before /a', 'after'])
})

test('fromFunction: a function for WebSockets may refuse them', async (t) => {
  const websocket: WebSocketFunction = (socket) => socket.deny(new PlainTextResponse('no', { status: 401 }))
  await using client = await TestClient.open(around(pass, echo, { websocket }), { lifespan: 'off' })
  t.equal((await denialOf(client.websocket('/'))).status, 401)
})

test('fromFunction: a function for WebSockets may catch what the app within throws', async (t) => {
  const websocket: WebSocketFunction = async (socket, next) => {
    await next().catch(() => socket.close(1000))
  }
  const app = around(pass, () => Promise.reject(new TypeError('it')), { websocket })
  await using client = await TestClient.open(app, { lifespan: 'off' })
  t.equal((await denialOf(client.websocket('/'))).status, 403)
})

test('fromFunction: lets a lifespan pass', async (t) => {
  let seen = ''
  const inner: ASGIApp = async ({ type }) => {
    seen = type
  }
  await around(pass, inner)(lifespanScope(), receiveNothing, () => settled)
  t.equal(seen, 'lifespan')
})

for (const [run, options, message] of [
  [7, {}, 'Cannot make middleware of a function: it is 7, expected a function'],
  [pass, { websocket: 7 }, 'Cannot make middleware of a function: "websocket" is 7, expected a function'],
  [
    pass,
    { maxReplayBytes: -1 },
    'Cannot make middleware of a function: maxReplayBytes is -1, expected a number of bytes',
  ],
  [
    pass,
    { maxReplayBytes: '1mb' },
    'Cannot make middleware of a function: maxReplayBytes is "1mb", expected a number of bytes',
  ],
] as const) {
  test(`fromFunction: refuses ${JSON.stringify(options)} with ${typeof run} when it is made`, async (t) => {
    t.throws(() => fromFunction(run as RequestFunction, options as FromFunctionOptions), { name: 'TypeError', message })
  })
}
