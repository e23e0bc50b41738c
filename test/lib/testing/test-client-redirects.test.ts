import { test } from 'tap'
import { TestClient } from '../../../lib/testing/test-client.ts'
import type { RequestOptions } from '../../../lib/testing/client-options.ts'
import { answer, app, readBody } from './raw-apps.ts'

/** Redirects "/{status}?to=LOCATION", and answers anything else with what it sees. */
const redirecting = app({
  async http(scope, receive, send) {
    const status = Number(scope.path.slice(1))
    const location = new URLSearchParams(scope.query_string).get('to')
    const body = await readBody(receive)
    const sent = new Map(scope.headers)
    if (status > 0) return answer(send, { status, headers: location === null ? [] : [['location', location]] })
    const seen = [scope.method, scope.path, body, sent.get('content-type'), sent.get('authorization'), sent.get('host')]
    await answer(send, { body: JSON.stringify(seen) })
  },
})

const json: RequestOptions = { json: 1, headers: { authorization: 'Basic x', 'content-language': 'en' } }

/** What comes out of a redirect, by the Fetch standard, "HTTP-redirect fetch". */
const redirects: ReadonlyArray<readonly [method: string, path: string, seen: unknown[]]> = [
  ['GET', '/301?to=/end', ['GET', '/end', '', null, 'Basic x', 'testserver']],
  ['POST', '/301?to=/end', ['GET', '/end', '', null, 'Basic x', 'testserver']],
  ['POST', '/302?to=/end', ['GET', '/end', '', null, 'Basic x', 'testserver']],
  ['PUT', '/302?to=/end', ['PUT', '/end', '1', 'application/json', 'Basic x', 'testserver']],
  ['POST', '/303?to=/end', ['GET', '/end', '', null, 'Basic x', 'testserver']],
  ['DELETE', '/303?to=/end', ['GET', '/end', '', null, 'Basic x', 'testserver']],
  ['POST', '/307?to=/end', ['POST', '/end', '1', 'application/json', 'Basic x', 'testserver']],
  ['POST', '/308?to=/end', ['POST', '/end', '1', 'application/json', 'Basic x', 'testserver']],
  ['POST', '/307?to=http://other/end', ['POST', '/end', '1', 'application/json', null, 'other']],
  ['POST', '/307?to=/307?to=end', ['POST', '/end', '1', 'application/json', 'Basic x', 'testserver']],
  ['GET', '/302?to=//other/end', ['GET', '/end', '', null, null, 'other']],
]

for (const [method, path, seen] of redirects) {
  test(`TestClient: follows the redirect of ${method} ${path}`, async (t) => {
    await using client = await TestClient.open(redirecting)
    const response = await client.request(method, path, method === 'GET' ? { headers: json.headers! } : json)
    t.strictSame(await response.json(), seen)
    t.ok(response.redirected)
  })
}

test('TestClient: the method HEAD stays through 303', async (t) => {
  await using client = await TestClient.open(redirecting)
  const response = await client.head('/303?to=/end')
  t.equal(response.url, 'http://testserver/end')
  t.equal(await response.text(), '')
})

test('TestClient: keeps the redirects in the history', async (t) => {
  await using client = await TestClient.open(redirecting)
  const response = await client.get('/301?to=/302?to=/end')
  t.strictSame(
    response.history.map(({ status, url }) => [status, url]),
    [
      [301, 'http://testserver/301?to=/302?to=/end'],
      [302, 'http://testserver/302?to=/end'],
    ],
  )
  t.strictSame(response.history[1]!.history, [response.history[0]])
})

test('TestClient: does not follow when told so, or when there is nothing to follow', async (t) => {
  await using client = await TestClient.open(redirecting, { followRedirects: false })
  t.equal((await client.get('/302?to=/end')).status, 302)
  t.equal((await client.get('/302?to=/end', { followRedirects: true })).status, 200)
  t.equal((await client.get('/302', { followRedirects: true })).status, 302)
  t.equal((await client.get('/300?to=/end', { followRedirects: true })).status, 300)
  t.equal((await client.get('/304?to=/end', { followRedirects: true })).status, 304)
})

test('TestClient: gives up on redirects that cannot be followed', async (t) => {
  await using client = await TestClient.open(redirecting)
  await t.rejects(client.get('/302?to=ftp://other/'), /Cannot follow the redirect .*: "ftp:\/\/other\/" is no http URL/)
  await t.rejects(client.get('/302?to=http://'), /is no http URL/)
  await t.rejects(client.post('/307?to=/end', { body: new Blob(['x']).stream() }), /the body was a stream/)
})

test('TestClient: a stream need not be sent twice where the body is dropped', async (t) => {
  await using client = await TestClient.open(redirecting)
  t.equal((await client.post('/303?to=/end', { body: new Blob(['x']).stream() })).status, 200)
})

test('TestClient: follows 20 redirects and no more', async (t) => {
  const counting = app({
    async http({ path }, _receive, send) {
      const left = Number(path.slice(1))
      await answer(send, left > 0 ? { status: 302, headers: [['location', `/${left - 1}`]] } : {})
    },
  })
  await using client = await TestClient.open(counting)
  t.equal((await client.get('/20')).history.length, 20)
  await t.rejects(client.get('/21'), /Cannot follow the redirects from \/21: there are more than 20/)
})

test('TestClient: keeps the cookies of redirects', async (t) => {
  const signingIn = app({
    async http({ path, headers }, _receive, send) {
      if (path === '/in')
        await answer(send, {
          status: 303,
          headers: [
            ['location', '/'],
            ['set-cookie', 'user=me'],
          ],
        })
      else await answer(send, { body: new Map(headers).get('cookie') ?? '' })
    },
  })
  await using client = await TestClient.open(signingIn)
  t.equal(await (await client.post('/in')).text(), 'user=me')
})

test('TestClient: cookies of a request follow it on its host and no further', async (t) => {
  const hopping = app({
    http: ({ path, headers }, _receive, send) => {
      if (path === '/here') return answer(send, { status: 302, headers: [['location', '/end']] })
      if (path === '/there') return answer(send, { status: 302, headers: [['location', 'http://other/end']] })
      return answer(send, { body: new Map(headers).get('cookie') ?? 'none' })
    },
  })
  await using client = await TestClient.open(hopping)
  const cookies = { a: '1' }
  t.equal(await (await client.get('/here', { cookies })).text(), 'a=1')
  t.equal(await (await client.get('/there', { cookies })).text(), 'none')
})

/** Redirects "/here" on its host, "/there" to another one, "/back" there and back; and answers with what it sees. */
const crossing = app({
  http: ({ path, headers }, _receive, send) => {
    const to = new Map([
      ['/here', '/end'],
      ['/there', 'http://other/end'],
      ['/secure', 'https://testserver/end'],
      ['/back', 'http://other/home'],
      ['/home', 'http://testserver/end'],
    ]).get(path)
    if (to !== undefined) return answer(send, { status: 307, headers: [['location', to]] })
    const sent = new Map(headers)
    const names = ['authorization', 'cookie', 'proxy-authorization', 'host', 'x-kept']
    return answer(send, { body: JSON.stringify(names.map((name) => sent.get(name) ?? null)) })
  },
})

const secretFields = { authorization: 'Bearer x', cookie: 'a=1', 'proxy-authorization': 'Basic x', 'x-kept': 'yes' }

/** Where a redirect leads, and what goes along: the Fetch standard, "HTTP-redirect fetch", step 14. */
const crossings: ReadonlyArray<readonly [path: string, seen: unknown[]]> = [
  ['/here', ['Bearer x', 'a=1', 'Basic x', 'testserver', 'yes']],
  ['/there', [null, null, null, 'other', 'yes']],
  ['/secure', [null, null, null, 'testserver', 'yes']],
  ['/back', [null, null, null, 'testserver', 'yes']],
]

for (const [path, seen] of crossings) {
  test(`TestClient: the fields of a request that ${path} redirects are those for where it goes`, async (t) => {
    await using client = await TestClient.open(crossing)
    t.strictSame(await (await client.get(path, { headers: secretFields })).json(), seen)
  })

  test(`TestClient: the fields of a client whose request ${path} redirects are those for where it goes`, async (t) => {
    await using client = await TestClient.open(crossing, { headers: secretFields })
    t.strictSame(await (await client.get(path)).json(), seen)
  })
}

test('TestClient: name and password of a client do not go to another origin by a redirect', async (t) => {
  await using client = await TestClient.open(crossing, { auth: ['ann', 'secret'] })
  const [here] = await (await client.get('/here')).json<unknown[]>()
  const [there] = await (await client.get('/there')).json<unknown[]>()
  const [asked] = await (await client.get('http://other/end')).json<unknown[]>()
  t.match(here, /^Basic /)
  t.equal(there, null)
  t.match(asked, /^Basic /, 'whoever asks for another origin has chosen it')
})

test('TestClient: the cookies that a client keeps go to their own host only, also by redirects', async (t) => {
  await using client = await TestClient.open(crossing, { cookies: { kept: '1' } })
  client.cookies.set('http://other', 'theirs', '2')
  t.match(await (await client.get('/there')).json(), [null, 'theirs=2'])
  t.match(await (await client.get('/back')).json(), [null, 'kept=1'])
})

test('TestClient: a form with files is sent again by a 307', async (t) => {
  await using client = await TestClient.open(redirecting)
  const [method, , body] = await (await client.post('/307?to=/end', { files: { f: 'x' } })).json<string[]>()
  t.equal(method, 'POST')
  t.match(body, /filename="f"/)
})
