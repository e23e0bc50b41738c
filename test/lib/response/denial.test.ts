import { test } from 'tap'
import { denialSend, wantsBody } from '../../../lib/response/denial.ts'
import { httpScope, recorder, websocketScope } from '../../support/messages.ts'

const offering = websocketScope({ extensions: { 'websocket.http.response': {} } })

test('denialSend: renames messages, and says what they leave out', async (t) => {
  const { send, sent } = recorder()
  const denied = denialSend(offering, send)
  await denied({ type: 'http.response.start', status: 401 })
  await denied({ type: 'http.response.body' })
  t.strictSame(sent, [
    { type: 'websocket.http.response.start', status: 401, headers: null },
    { type: 'websocket.http.response.body', body: null, more_body: false },
  ])
})

test('denialSend: without the extension a start is a close, and the body is dropped', async (t) => {
  const { send, sent } = recorder()
  const denied = denialSend(websocketScope(), send)
  await denied({ type: 'http.response.start', status: 401, headers: [] })
  await denied({ type: 'http.response.body', body: 'no', more_body: false })
  t.strictSame(sent, [{ type: 'websocket.close' }])
})

for (const [what, scope, wanted] of [
  ['GET', httpScope(), true],
  ['HEAD', httpScope({ method: 'HEAD' }), false],
  ['a handshake', websocketScope(), false],
  ['a handshake that can be answered', offering, true],
] as const) {
  test(`wantsBody: ${what} ${wanted ? 'wants' : 'does not want'} one`, async (t) => {
    t.equal(wantsBody(scope), wanted)
  })
}
