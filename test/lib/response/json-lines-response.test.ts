import { test } from 'tap'
import { JSONLinesResponse } from '../../../lib/response/json-lines-response.ts'
import type { JSONValues } from '../../../lib/response/json-lines-response.ts'
import { httpScope, receiveNothing, recorder } from '../../support/messages.ts'

async function linesOf(values: JSONValues): Promise<unknown[]> {
  const { send, sent } = recorder()
  await new JSONLinesResponse(values).respond(httpScope(), receiveNothing, send)
  return sent.slice(1).map((message) => (message.type === 'http.response.body' ? message.body : message))
}

async function* generated(...values: unknown[]): AsyncGenerator {
  yield* values
}

test('JSONLinesResponse: is application/jsonl', async (t) => {
  t.strictSame([...new JSONLinesResponse([]).headers], [['content-type', 'application/jsonl']])
})

test('JSONLinesResponse: sends each value as a line of its own', async (t) => {
  const values = [{ a: 'x\ny' }, [1], 'text', null, 0, new Date(0)]
  const lines = ['{"a":"x\\ny"}\n', '[1]\n', '"text"\n', 'null\n', '0\n', '"1970-01-01T00:00:00.000Z"\n', '']
  t.strictSame(await linesOf(values), lines)
  t.strictSame(await linesOf(generated(...values)), lines)
  t.strictSame(await linesOf(ReadableStream.from(values)), lines)
})

for (const value of [undefined, () => {}, Symbol('a'), 1n]) {
  test(`JSONLinesResponse: refuses ${String(value)}, and cancels its source`, async (t) => {
    let isCancelled = false
    async function* source(): AsyncGenerator {
      try {
        yield value
        yield 1
      } finally {
        isCancelled = true
      }
    }
    await t.rejects(linesOf(source()), TypeError)
    t.ok(isCancelled)
  })
}

test('JSONLinesResponse: cancels its source when the client leaves', async (t) => {
  let isCancelled = false
  async function* source(): AsyncGenerator {
    try {
      for (;;) yield 1
    } finally {
      isCancelled = true
    }
  }
  const { send } = recorder({ at: 3, error: new Error('gone') })
  await t.rejects(new JSONLinesResponse(source()).respond(httpScope(), receiveNothing, send), { message: 'gone' })
  t.ok(isCancelled)
})
