import { test } from 'tap'
import { HTTPException } from '../../../lib/exceptions/http-exception.ts'

test('HTTPException: the detail defaults to the reason phrase', async (t) => {
  const error = new HTTPException(404)
  t.match(error, { status: 404, detail: 'Not Found', headers: null, message: '404: Not Found' })
  t.equal(error.code, 'STELLINE_HTTP_EXCEPTION')
  t.equal(error.name, 'HTTPException')
  t.type(error, Error)
})

test('HTTPException: detail, headers and cause are kept', async (t) => {
  const cause = new Error('why')
  const error = new HTTPException(401, { detail: 'Who are you?', headers: { 'WWW-Authenticate': 'Basic' }, cause })
  t.equal(error.message, '401: Who are you?')
  t.equal(error.headers?.get('www-authenticate'), 'Basic')
  t.equal(error.cause, cause)
})

test('HTTPException: without a cause there is none, as with other errors', async (t) => {
  t.notOk('cause' in new HTTPException(400))
})

test('HTTPException: a status without a name is its own message', async (t) => {
  t.match(new HTTPException(499), { detail: '', message: '499' })
})

for (const status of [100, 199, 1000, 404.5, NaN, '404']) {
  test(`HTTPException: status ${JSON.stringify(status)} is refused`, async (t) => {
    t.throws(() => new HTTPException(status as number), {
      name: 'TypeError',
      message: /^Cannot make an HTTPException: the status is .*, expected an integer from 200 to 999$/,
    })
  })
}

test('HTTPException: headers with a line break are refused', async (t) => {
  t.throws(() => new HTTPException(400, { headers: { a: 'x\r\ny: z' } }), TypeError)
})
