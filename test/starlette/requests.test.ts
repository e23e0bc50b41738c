import { readdirSync } from 'node:fs'
import { test } from 'tap'
import type { Test } from 'tap'
import {
  Application,
  HTTPException,
  JSONResponse,
  Mount,
  PlainTextResponse,
  Request,
  Route,
  UploadFile,
  exceptionHandler,
} from 'stelline'
import type { Receive } from 'stelline'
import { TestClient } from 'stelline/testing'
import { httpScope, receiving, receivingBody, recorder } from '../support/messages.ts'
import { multipartBytes } from '../support/multipart.ts'
import { refusal } from '../support/refusal.ts'

/*
 * What requests do in Starlette 1.3, fact by fact, and what they do here. "Better" marks where it was corrected.
 */

type Fact = readonly [section: string, feature: string, check: (t: Test) => Promise<unknown>]

const json = { 'content-type': 'application/json' }

function requestOf(receive: Receive, headers: Record<string, string> = {}): Request {
  return new Request(httpScope({ method: 'POST', headers: Object.entries(headers) }), receive)
}

async function chunksOf(stream: AsyncIterable<Uint8Array>): Promise<string[]> {
  const chunks: string[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk).toString())
  return chunks
}

const requests: readonly Fact[] = [
  [
    '1.4',
    'other: a request is no mapping over its scope, which is a property; two requests are equal when they are one',
    async (t) => {
      const scope = httpScope()
      const request = new Request(scope)
      t.equal(request.scope, scope)
      t.equal(Symbol.iterator in request, false)
      t.not(request, new Request(scope))
    },
  ],
  [
    '1.4',
    'session, user and auth are errors that name their middleware where it is missing',
    async (t) => {
      const request = new Request(httpScope())
      t.throws(() => request.session, { message: /has passed no sessions\(\)/ })
      t.throws(() => request.user, { message: /has passed no authentication\(\)/ })
      t.throws(() => request.auth, { message: /has passed no authentication\(\)/ })
    },
  ],
  [
    '1.4',
    'url comes from the scope; a malformed Host is ignored; a default port is dropped',
    async (t) => {
      const scope = httpScope({ path: '/a b', query_string: 'c=d', headers: [['host', 'example.org:80']] })
      t.equal(new Request(scope).url.href, 'http://example.org/a%20b?c=d')
      const malformed = httpScope({ headers: [['host', 'a b']], server: ['192.0.2.9', 80] })
      t.equal(new Request(malformed).url.href, 'http://192.0.2.9/')
    },
  ],
  [
    '1.4',
    'baseUrl is scheme, host and the outermost root_path with a slash, without a query',
    async (t) => {
      const seen: string[] = []
      const inner = new Application()
      inner.get('/x', (request) => (seen.push(request.baseUrl.href), new PlainTextResponse('')))
      const app = new Application({ routes: [new Mount('/mount', inner)] })
      await using client = await TestClient.open(app, { rootPath: '/root' })
      await client.get('/mount/x?a=b')
      t.strictSame(seen, ['http://testserver/root/'])
    },
  ],
  [
    '1.4',
    'headers, query, path parameters, cookies, client and state are views of the scope',
    async (t) => {
      const request = new Request(
        httpScope({
          headers: [['cookie', 'a=1']],
          query_string: 'b=2&b=3&c=',
          path_params: { id: 4 },
          state: { database: 5 },
        }),
      )
      t.equal(request.headers.get('Cookie'), 'a=1')
      t.equal(request.cookies.get('a'), '1')
      t.strictSame(request.queryParams.getAll('b'), ['2', '3'])
      t.equal(request.queryParams.get('c'), '')
      t.strictSame({ ...request.pathParams }, { id: 4 })
      t.strictSame(request.client, { host: '192.0.2.1', port: 50_000 })
      t.equal(new Request(httpScope({ client: null })).client, null)
      t.equal(request.state['database'], 5)
    },
  ],
  [
    '1.4',
    'raw_path is what the server gave, undecoded',
    async (t) => t.equal(new Request(httpScope({ path: '/é', raw_path: '/%C3%A9' })).scope.raw_path, '/%C3%A9'),
  ],
  [
    '1.4',
    'stream() gives chunks that are not empty, once; after bytes() it repeats the body',
    async (t) => {
      const request = requestOf(receivingBody('a', '', 'b'))
      t.strictSame(await chunksOf(request.stream()), ['a', 'b'])
      t.throws(() => request.stream(), { code: 'STELLINE_BODY_CONSUMED' })
      const read = requestOf(receivingBody('a', 'b'))
      await read.bytes()
      t.strictSame(await chunksOf(read.stream()), ['ab'])
    },
  ],
  [
    '1.4',
    'bytes() and json() are cached; after stream() they are refused',
    async (t) => {
      const request = requestOf(receivingBody('{"a"', ':1}'), json)
      t.equal(await request.json(), await request.json())
      t.equal(await request.bytes(), await request.bytes())
      const streamed = requestOf(receivingBody('a'))
      await chunksOf(streamed.stream())
      await t.rejects(streamed.bytes(), { code: 'STELLINE_BODY_CONSUMED' })
    },
  ],
  [
    '1.4',
    'a disconnect while reading is ClientDisconnected; isDisconnected() does not wait, and stays true',
    async (t) => {
      const request = requestOf(
        receiving({ type: 'http.request', body: Buffer.from('a'), more_body: true }, { type: 'http.disconnect' }),
      )
      t.equal(await requestOf(receiving()).isDisconnected(), false)
      await t.rejects(request.bytes(), { code: 'EPIPE' })
      t.strictSame([await request.isDisconnected(), await request.isDisconnected()], [true, true])
    },
  ],
  [
    '1.4',
    'without receive there is no body, without send no push',
    async (t) => {
      const request = new Request(httpScope({ extensions: { 'http.response.push': {} } }))
      await t.rejects(request.bytes(), { message: /without "receive"/ })
      await t.rejects(request.pushPromise('/a'), { message: /without "send"/ })
    },
  ],
  [
    '1.4',
    'form() is cached; better: another media type is 415 and not an empty form',
    async (t) => {
      const request = requestOf(receivingBody('a=1'), { 'content-type': 'application/x-www-form-urlencoded' })
      t.equal(await request.form(), await request.form())
      await t.rejects(requestOf(receivingBody('a=1'), json).form(), refusal(415))
    },
  ],
  [
    '1.4',
    'cookies are split at ";" even within quotes; an item without "=" has no name; several fields are one',
    async (t) => {
      const headers: [string, string][] = [
        ['cookie', 'a="b;c"; d'],
        ['cookie', '; e="f"'],
      ]
      t.strictSame(
        [...new Request(httpScope({ headers })).cookies],
        [
          ['a', '"b'],
          ['', 'c"'],
          ['e', 'f'],
        ],
      )
    },
  ],
  [
    '1.4',
    'cookies, better: the first of a name wins, since its path is the more specific one',
    async (t) => t.equal(new Request(httpScope({ headers: [['cookie', 'a=1; a=2']] })).cookies.get('a'), '1'),
  ],
  [
    '1.4',
    'pushPromise() needs the extension and copies five fields',
    async (t) => {
      const { send, sent } = recorder()
      const headers: [string, string][] = [
        ['accept', '*/*'],
        ['cookie', 'a=b'],
      ]
      await new Request(httpScope({ headers }), receiving(), send).pushPromise('/a')
      await new Request(
        httpScope({ headers, extensions: { 'http.response.push': {} } }),
        receiving(),
        send,
      ).pushPromise('/b')
      t.strictSame(sent, [{ type: 'http.response.push', path: '/b', headers: [['accept', '*/*']] }])
    },
  ],
  [
    '1.4',
    'a chunked body needs no content-length',
    async (t) => t.equal(await requestOf(receivingBody('a', 'b')).text(), 'ab'),
  ],
  [
    '1.4',
    'urlFor() outside a router is an error',
    async (t) => t.throws(() => new Request(httpScope()).urlFor('a'), { message: /has passed no router/ }),
  ],
  [
    '1.4',
    'state is one object for all requests of a scope',
    async (t) => {
      const scope = httpScope()
      new Request(scope).state['a'] = 1
      t.equal(new Request(scope).state['a'], 1)
      t.equal(new Request(scope).state['b'], undefined)
    },
  ],
  [
    '1.2',
    'endpoint and exception handler share the request, whose body stays readable',
    async (t) => {
      const app = new Application({
        exceptionHandlers: [
          exceptionHandler(
            422,
            async (connection) => new JSONResponse(await (connection as Request).json(), { status: 422 }),
          ),
        ],
      })
      app.post('/', async (request) => {
        await request.json()
        throw new HTTPException(422)
      })
      await using client = await TestClient.open(app)
      t.strictSame(await (await client.post('/', { json: { a: 1 } })).json(), { a: 1 })
    },
  ],
]

const multipart = (text: string): Request =>
  requestOf(receivingBody(multipartBytes(text)), { 'content-type': 'multipart/form-data; boundary=b' })
const urlencoded = (text: string): Request =>
  requestOf(receivingBody(text), { 'content-type': 'application/x-www-form-urlencoded' })
const part = (disposition: string, content: string): string =>
  `--b\nContent-Disposition: form-data; ${disposition}\n\n${content}\n`

const forms: readonly Fact[] = [
  [
    '1.5',
    'too many files, at the default of 1000 and at another',
    async (t) => {
      const files = (count: number): string => `${part('name=f; filename=f', '').repeat(count)}--b--`
      await t.rejects(multipart(files(1001)).form(), refusal(400, 'The form has more than 1000 files'))
      await t.rejects(
        multipart(files(2)).form({ limits: { maxFiles: 1 } }),
        refusal(400, 'The form has more than 1 files'),
      )
      t.equal((await multipart(files(2)).form({ limits: { maxFiles: 2 } })).size, 2)
    },
  ],
  [
    '1.5',
    'too many fields, multipart and urlencoded',
    async (t) => {
      const limits = { maxFields: 1 }
      const two = `${part('name=a', '')}${part('name=b', '')}--b--`
      await t.rejects(multipart(two).form({ limits }), refusal(400, 'The form has more than 1 fields'))
      await t.rejects(urlencoded('a=1&b=2').form({ limits }), refusal(400, 'The form has more than 1 fields'))
    },
  ],
  [
    '1.5',
    'a field has a size, a file another; so has an urlencoded name',
    async (t) => {
      const limits = { maxFieldBytes: 3, maxNameBytes: 3 }
      await t.rejects(
        multipart(`${part('name=a', '1234')}--b--`).form({ limits }),
        refusal(413, 'A field is larger than 3'),
      )
      t.equal((await multipart(`${part('name=a; filename=b', '1234')}--b--`).form({ limits })).size, 1)
      await t.rejects(urlencoded('a=1234').form({ limits }), refusal(413, 'A field is larger than 3'))
      await t.rejects(urlencoded('abcd=1').form({ limits }), refusal(413, 'The name of a field is larger than 3'))
    },
  ],
  [
    '1.5',
    'limits hold within one chunk',
    async (t) => {
      await t.rejects(urlencoded('a&'.repeat(5000)).form(), refusal(400, 'The form has more than 1000 fields'))
    },
  ],
  [
    '1.5',
    'a missing boundary and a missing name are 400',
    async (t) => {
      const without = requestOf(receivingBody(''), { 'content-type': 'multipart/form-data' })
      await t.rejects(without.form(), refusal(400, 'The content-type of the form has no boundary'))
      await t.rejects(multipart(`${part('x=y', '')}--b--`).form(), refusal(400, 'A part of the form has no name'))
    },
  ],
  [
    '1.5',
    'names, values and file names are UTF-8; what is not becomes U+FFFD',
    async (t) => {
      const form = await requestOf(
        receivingBody(
          Buffer.concat([
            Buffer.from('--b\r\nContent-Disposition: form-data; name="ü"\r\n\r\né'),
            Buffer.from([0xff]),
            Buffer.from('\r\n--b--'),
          ]),
        ),
        { 'content-type': 'multipart/form-data; boundary=b; charset=iso-8859-1' },
      ).form()
      t.equal(form.get('ü'), 'é\ufffd')
    },
  ],
  [
    '1.5',
    'urlencoded "+" and "%" in names and values, empty values kept',
    async (t) => {
      t.strictSame(
        [...(await urlencoded('a+b=c+d&%C3%A9=%26&e=&f').form())],
        [
          ['a b', 'c d'],
          ['é', '&'],
          ['e', ''],
          ['f', ''],
        ],
      )
    },
  ],
  [
    '1.5',
    'a file has the header of its part; an empty file name is still a file; fields and files keep their order',
    async (t) => {
      const form = await multipart(
        `${part('name=a', '1')}--b\nContent-Disposition: form-data; name=f; filename=""\nX-Custom: 2\nContent-Type: a/b\n\n3\n${part('name=a', '4')}--b--`,
      ).form()
      t.strictSame([...form.keys()], ['a', 'f', 'a'])
      t.strictSame(form.getAll('a'), ['1', '4'])
      const file = form.get('f')
      if (!(file instanceof UploadFile)) throw new Error('f is no file')
      t.strictSame([file.name, file.size, file.mediaType?.essence], ['', 1, 'a/b'])
      t.equal(file.headers.get('x-custom'), '2')
      t.equal(await file.text(), '3')
    },
  ],
  [
    '1.5',
    'a malformed form is 400 in an application; outside of one the exception goes on to the server',
    async (t) => {
      const reading = async (request: Request): Promise<PlainTextResponse> => {
        await request.form()
        return new PlainTextResponse('')
      }
      const route = new Route('/', reading, { methods: ['POST'] })
      const headers = { 'content-type': 'multipart/form-data' }
      await using client = await TestClient.open(new Application({ routes: [route] }))
      t.equal((await client.post('/', { body: '', headers })).status, 400)
      const bare = await TestClient.open(route)
      await t.rejects(bare.post('/', { body: '', headers }), refusal(400))
      await bare.close().catch(() => {})
    },
  ],
  [
    '1.5',
    'a file above 1 MiB is on disk, one up to that in memory; both are gone when the form is closed',
    async (t) => {
      const directory = t.testdir({})
      const size = 1024 * 1024
      const form = await multipart(
        `${part('name=a; filename=a', 'x'.repeat(size))}${part('name=b; filename=b', 'x'.repeat(size + 1))}--b--`,
      ).form({ directory, limits: { maxFileBytes: 2 * size } })
      t.strictSame(
        form.getAll('a').map((file) => (file as UploadFile).size),
        [size],
      )
      t.equal(readdirSync(directory).length, 1)
      await form.close()
      t.strictSame(readdirSync(directory), [])
    },
  ],
  [
    '1.5',
    'a form that fails leaves no file',
    async (t) => {
      const directory = t.testdir({})
      const broken = `${part('name=a; filename=a', 'x'.repeat(100_000))}${part('x=y', '')}--b--`
      await t.rejects(multipart(broken).form({ directory, maxMemoryBytes: 10 }), refusal(400))
      t.strictSame(readdirSync(directory), [])
    },
  ],
  [
    '1.5',
    'bytes() before form() is allowed, for both kinds of forms',
    async (t) => {
      for (const request of [urlencoded('a=1'), multipart(`${part('name=a', '1')}--b--`)]) {
        await request.bytes()
        t.equal((await request.form()).get('a'), '1')
      }
    },
  ],
  [
    '1.5',
    'file names have no path; better: extended parameters are ignored',
    async (t) => {
      const disposition = `name=f; filename="C:\\dir\\a.txt"; filename*=utf-8''evil.exe`
      const file = (await multipart(`${part(disposition, '')}--b--`).form()).get('f')
      t.match(file, { name: 'a.txt' })
    },
  ],
]

for (const [section, feature, check] of [...requests, ...forms]) test(`Starlette §${section}: ${feature}`, check)
