import { createHash } from 'node:crypto'
import { Application, HTTPException, PlainTextResponse } from 'stelline'

const maxBytes = 50 * 1024 * 1024

const app = new Application()

app.post('/sha256', async (request) => {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of request.stream()) {
    size += chunk.length
    if (size > maxBytes) throw new HTTPException(413, { detail: `The limit is ${maxBytes} bytes` })
    hash.update(chunk)
  }
  return new PlainTextResponse(`${hash.digest('hex')}\n`)
})

export default app
