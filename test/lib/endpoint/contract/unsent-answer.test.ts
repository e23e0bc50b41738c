import { Readable } from 'node:stream'
import { test } from 'tap'
import { depends } from '../../../../lib/endpoint/dependencies/depends.ts'
import { HTTPException } from '../../../../lib/exceptions/http-exception.ts'
import { StreamingResponse } from '../../../../lib/response/streaming-response.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'

const failing = depends(
  async function* () {
    yield null
    throw new HTTPException(409)
  },
  { cleanup: 'before-response' },
)

/** What is answered when a clean-up replaces an answer. */
async function statusWith(answer: () => StreamingResponse | Response): Promise<number> {
  const app = new Application()
  app.get('/', { dependencies: { failing } }, answer)
  await using client = await TestClient.open(app)
  return (await client.get('/')).status
}

test('a clean-up that replaces an answer: a Node stream in it is destroyed', async (t) => {
  const stream = new Readable({ read() {} })
  t.equal(await statusWith(() => new StreamingResponse(stream)), 409)
  t.equal(stream.destroyed, true)
})

test('a clean-up that replaces an answer: a web stream of a Fetch response is cancelled with the reason', async (t) => {
  const reasons: unknown[] = []
  const body = new ReadableStream({ cancel: (reason) => void reasons.push(reason) })
  t.equal(await statusWith(() => new Response(body)), 409)
  t.match(reasons, [{ status: 409 }])
})

test('a clean-up that replaces an answer: that a source cannot be cancelled hides nothing', async (t) => {
  const body = new ReadableStream({ cancel: () => Promise.reject(new Error('no')) })
  t.equal(await statusWith(() => new StreamingResponse(body)), 409)
})

test('StreamingResponse.cancel: a source is cancelled once', async (t) => {
  let returned = 0
  const source = {
    next: () => ({ done: true as const, value: undefined }),
    return: () => ({ done: true as const, value: ++returned }),
  }
  const response = new StreamingResponse({ [Symbol.iterator]: () => source })

  await response.cancel()
  await response.cancel()

  t.equal(returned, 1)
})
