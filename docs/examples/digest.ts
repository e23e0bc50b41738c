import { createHash } from 'node:crypto'
import { Application, PlainTextResponse } from 'stelline'

const maxBodyBytes = 50 * 1024 * 1024

const app = new Application()

app.post('/sha256', async (request) => {
  const hash = createHash('sha256')
  for await (const chunk of request.stream({ maxBodyBytes })) hash.update(chunk)
  return new PlainTextResponse(`${hash.digest('hex')}\n`)
})

export default app
