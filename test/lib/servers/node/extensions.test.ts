import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'
import { gate, get, http, reply, serving, unlinted } from '../serving.ts'

test('http.response.early_hint: 103 with the links, then the answer', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.early_hint', links: ['</a>; rel=preload; as="a b", </b>', '</caf\xe9>'] })
    await send({ type: 'http.response.early_hint', links: new Set(['</c>']) })
    await reply(send, 'done')
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send(get())

  const answers = [await wire.answer(), await wire.answer(), await wire.answer()]

  t.same(answers[0]!.lines, ['HTTP/1.1 103 Early Hints', 'link: </a>; rel=preload; as="a b", </b>', 'link: </caf\xe9>'])
  t.same(answers[1]!.lines, ['HTTP/1.1 103 Early Hints', 'link: </c>'])
  t.equal(answers[2]!.body, 'done')
})

test('http.response.early_hint: before a streamed answer, and none for no links', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.early_hint', links: [] })
    await send({ type: 'http.response.early_hint', links: ['</a>'] })
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: 'a', more_body: true })
    await send({ type: 'http.response.body', body: 'b' })
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send(get())

  t.equal((await wire.answer()).status, 103)
  t.equal((await wire.answer()).body, 'ab')
})

test('http.response.early_hint: refuses what is no field value, and too late hints', async (t) => {
  const refused: string[] = []
  const app = http(async (_scope, _receive, send) => {
    const attempt = (links: unknown): Promise<unknown> =>
      send({ type: 'http.response.early_hint', links } as never).catch((error: Error) => refused.push(error.message))
    await attempt(['</a>\r\nx-a: b'])
    await attempt(new Set(['\0']))
    await attempt(undefined)
    await send({ type: 'http.response.start', status: 200 })
    await attempt(['</a>'])
    await send({ type: 'http.response.body', body: 'fine' })
  })
  const { ask } = await serving(t, unlinted(app))

  t.equal((await ask(get())).body, 'fine')
  t.match(refused, [/links/, /a link/, /links is undefined/, /the state is "in the body"/])
})

test('http.response.early_hint: not offered to HTTP/1.0', async (t) => {
  const app = http(async ({ extensions }, _receive, send) => {
    const error = await send({ type: 'http.response.early_hint', links: [] }).catch((e: Error) => e.message)
    await reply(send, `${'http.response.early_hint' in extensions} ${String(error)}`)
  })
  const { ask } = await serving(t, unlinted(app))

  t.match(
    (await ask('GET / HTTP/1.0\r\n\r\n')).body,
    /^false Cannot send "http\.response\.early_hint": the server does not offer/,
  )
})

test('http.response.trailers: come after the last chunk', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, headers: [['trailer', 'x-a, x-b']], trailers: true })
    await send({ type: 'http.response.body', body: 'a', more_body: true })
    await send({ type: 'http.response.body', body: 'b' })
    await send({ type: 'http.response.trailers', headers: [['x-a', '1']], more_trailers: true })
    await send({ type: 'http.response.trailers', headers: new Map([['x-b', 'caf\xe9']]) })
  })
  const { open } = await serving(t, app)
  const wire = (await open()).send(get('/', 'te: gzip, Trailers'))

  const answer = await wire.answer()
  const next = await wire.send(get('/', 'te: trailers')).answer()

  t.equal(answer.headers['trailer'], 'x-a, x-b')
  t.same([answer.body, answer.trailers, next.body], ['ab', ['x-a: 1', 'x-b: caf\xe9'], 'ab'])
})

test('http.response.trailers: after a body in one message', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, trailers: true })
    await send({ type: 'http.response.body', body: 'a' })
    await send({ type: 'http.response.trailers' })
  })
  const { ask } = await serving(t, app)

  const { body, trailers } = await ask(get('/', 'te: trailers'))

  t.same([body, trailers], ['a', []])
})

test('http.response.trailers: after a file', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, trailers: true })
    await send({ type: 'http.response.pathsend', path: fileURLToPath(import.meta.url) })
    await send({ type: 'http.response.trailers', headers: [['x-a', '1']] })
  })
  const { open, log } = await serving(t, app)
  const wire = await open()

  const answer = await wire.send(get('/', 'te: trailers')).answer()
  const next = await wire.send(get('/', 'te: trailers')).answer()

  t.same([answer.trailers, answer.headers['content-length'], log], [['x-a: 1'], undefined, []])
  t.equal(next.body, readFileSync(fileURLToPath(import.meta.url), 'latin1'))
})

test('http.response.trailers: a length of the app leaves no place for them', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, headers: [['content-length', '1']], trailers: true })
    await send({ type: 'http.response.body', body: 'a' })
    await send({ type: 'http.response.trailers', headers: [['x-a', '1']] })
  })
  const { open, log } = await serving(t, app)
  const wire = await open()

  const answers = [
    await wire.send(get('/', 'te: trailers')).answer(),
    await wire.send(get('/', 'te: trailers')).answer(),
  ]

  t.match(answers, [{ body: 'a' }, { body: 'a' }])
  t.same(log, [])
})

test('http.response.trailers: none that frame a message', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, trailers: true })
    await send({ type: 'http.response.body', body: 'a' })
    await send({
      type: 'http.response.trailers',
      headers: [
        ['content-length', '7'],
        ['transfer-encoding', 'chunked'],
        ['x-a', '1'],
      ],
    })
  })
  const { ask } = await serving(t, app)

  t.same((await ask(get('/', 'te: trailers'))).trailers, ['x-a: 1'])
})

test('http.response.trailers: a flag that is none is refused', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200, trailers: true })
    await send({ type: 'http.response.body', body: 'a' })
    const error = await send({ type: 'http.response.trailers', more_trailers: 1 } as never).catch(
      (e: Error) => e.message,
    )
    await send({
      type: 'http.response.trailers',
      headers: [['x-a', String(error).includes('more_trailers') ? 'ok' : '']],
    })
  })
  const { ask } = await serving(t, unlinted(app))

  t.same((await ask(get('/', 'te: trailers'))).trailers, ['x-a: ok'])
})

for (const [what, fields] of [
  ['does not ask for them', []],
  ['asks for something else', ['te: trailersx, gzip']],
] as const) {
  test(`http.response.trailers: a client that ${what} gets none`, async (t) => {
    const app = http(async ({ extensions }, _receive, send) => {
      await send({ type: 'http.response.start', status: 200, headers: [['content-length', '1']], trailers: true })
      await send({ type: 'http.response.body', body: 'http.response.trailers' in extensions ? '1' : '0' })
      await send({ type: 'http.response.trailers', headers: [['x-a', '1']] })
    })
    const { ask } = await serving(t, unlinted(app))

    const { body, trailers } = await ask(get('/', ...fields))

    t.same([body, trailers], ['0', []])
  })
}

test('http.response.start: a trailer field is left out where there are no chunks', async (t) => {
  const app = http(async (_scope, _receive, send) => {
    await send({
      type: 'http.response.start',
      status: 200,
      headers: [
        ['trailer', 'x-a'],
        ['content-length', '2'],
      ],
    })
    await send({ type: 'http.response.body', body: 'a', more_body: true })
    await send({ type: 'http.response.body', body: 'b' })
  })
  const { ask } = await serving(t, app)

  const { headers, body } = await ask(get())

  t.same([headers['trailer'], body], [undefined, 'ab'])
})

test('server.shutdown.signal: aborts when the server begins to drain', async (t) => {
  const called = gate()
  const app = http(async ({ extensions }, _receive, send) => {
    const { signal } = extensions['server.shutdown.signal']!
    await send({ type: 'http.response.start', status: 200 })
    await send({ type: 'http.response.body', body: 'a', more_body: true })
    called.open()
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    await send({ type: 'http.response.body', body: signal.reason.message })
  })
  const { open, server } = await serving(t, app)
  const wire = (await open()).send(get())

  await called.opened
  const closed = server.close()

  t.equal((await wire.answer()).body, 'aThe server is shutting down')
  await closed
})
