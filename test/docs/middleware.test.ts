import { test } from 'tap'
import login from '../../docs/examples/login.ts'
import members from '../../docs/examples/members.ts'
import observed, { counts, lines } from '../../docs/examples/observed.ts'
import { eventLoopTurns } from '../../lib/testing/event-loop.ts'
import { TestClient } from '../../lib/testing/test-client.ts'

test('login.ts: knows who has logged in, until they log out', async (t) => {
  await using client = await TestClient.open(login)
  const name = async (): Promise<unknown> => (await client.get('/')).json()

  const refused = await client.post('/login', { form: { name: 'ada', password: 'x' } })
  const before = await name()
  await client.post('/login', { form: { name: 'ada', password: 'analytical' } })
  const during = await name()
  await client.post('/logout')

  t.equal(refused.status, 403)
  t.strictSame([before, during, await name()], [{ name: null }, { name: 'ada' }, { name: null }])
})

test('login.ts: nobody logs in under a name without a password', async (t) => {
  await using client = await TestClient.open(login)
  for (const password of ['', 'undefined', 'x']) {
    const response = await client.post('/login', { form: { name: 'constructor', password } })
    t.equal(response.status, 403)
  }
  t.equal((await client.post('/login', { form: { name: 'ada' } })).status, 400)
})

test('members.ts: lets in whom it knows, as far as they may go', async (t) => {
  const statuses = async (client: TestClient): Promise<number[]> =>
    Promise.all(['/notes', '/edit'].map(async (path) => (await client.get(path)).status))
  const open = (headers: Record<string, string> = {}): Promise<TestClient> =>
    TestClient.open(members, { headers, followRedirects: false })
  await using nobody = await open()
  await using stranger = await open({ authorization: 'Bearer x' })
  await using robot = await open({ authorization: 'Bearer a-token-for-development' })
  await using ada = await open()

  await ada.post('/login/1')

  t.strictSame(await statuses(nobody), [401, 303])
  t.strictSame(await statuses(stranger), [401, 401])
  t.strictSame(await statuses(robot), [200, 303])
  t.strictSame(await statuses(ada), [200, 200])
  t.equal((await nobody.get('/edit')).headers.get('location'), '/login?next=%2Fedit')
})

test('observed.ts: counts and logs each request', async (t) => {
  // The channel tells of every application in the process.
  counts.clear()
  await using client = await TestClient.open(observed)

  const response = await client.get('/')
  await response.text()
  await client.get('/nothing')
  await eventLoopTurns(5)

  t.strictSame(
    [...counts],
    [
      [200, 1],
      [404, 1],
    ],
  )
  t.match(JSON.parse(lines[0]!), { target: '/', status: 200, requestId: response.headers.get('x-request-id') })
})
