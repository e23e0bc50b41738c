import { test } from 'tap'
import { JSONResponse } from '../../../lib/response/json-response.ts'

const contents: readonly (readonly [content: unknown, body: string])[] = [
  [{ a: 1, b: [true, null, 'é'] }, '{"a":1,"b":[true,null,"é"]}'],
  [null, 'null'],
  ['', '""'],
  [0, '0'],
  [[NaN, Infinity], '[null,null]'],
  [{ a: undefined, b: () => {} }, '{}'],
  [new Date(0), '"1970-01-01T00:00:00.000Z"'],
  [JSON.parse('{"__proto__": 1}'), '{"__proto__":1}'],
]

for (const [content, body] of contents) {
  test(`JSONResponse: writes ${body}`, async (t) => {
    const response = new JSONResponse(content)
    t.equal(response.body, body)
    t.strictSame(response.headers.flat, [
      'content-type',
      'application/json',
      'content-length',
      String(Buffer.byteLength(body)),
    ])
  })
}

for (const content of [undefined, () => {}, Symbol('a'), { toJSON: () => undefined }]) {
  test(`JSONResponse: ${typeof content} is refused`, async (t) => {
    t.throws(() => new JSONResponse(content), {
      name: 'TypeError',
      message: /^Cannot make a JSONResponse of .*: JSON has no such value, expected for example null$/,
    })
  })
}

test('JSONResponse: a BigInt and a circle are refused with a hint', async (t) => {
  const circle: { self?: unknown } = {}
  circle.self = circle
  t.throws(() => new JSONResponse(circle), {
    name: 'TypeError',
    message:
      'Cannot make a JSONResponse of an object of class Object: it holds itself, expected a value without circles',
  })
  t.throws(() => new JSONResponse([1n]), {
    name: 'TypeError',
    message: 'Cannot make a JSONResponse of [1]: JSON has no BigInt, expected a number, or text made by String(…)',
  })
})

test('JSONResponse: status and headers are taken', async (t) => {
  const response = new JSONResponse({}, { status: 422, mediaType: 'application/problem+json' })
  t.equal(response.status, 422)
  t.equal(response.headers.get('content-type'), 'application/problem+json')
})
