import { Application, PlainTextResponse } from 'stelline'
import { context, currentRequest, fromFunction } from 'stelline/middleware'

/** Tells the client how long its answer took to begin. */
const timing = fromFunction(async (request, next) => {
  const startMs = performance.now()
  const response = await next(request)
  response.headers.set('server-timing', `app;dur=${(performance.now() - startMs).toFixed(1)}`)
  return response
})

/** Answers in place of an app that fails. */
const apology = fromFunction(async (request, next) => {
  try {
    return await next(request)
  } catch (error) {
    console.error(`Cannot answer ${request.method} ${request.path}`, error)
    return new PlainTextResponse('Please try later', { status: 503, headers: { 'retry-after': '60' } })
  }
})

/** Is called from anywhere, and knows for whom. */
function logged(message: string): string {
  return `${currentRequest().path}: ${message}`
}

const app = new Application({ middleware: [timing, apology, context()] })

app.get('/', () => new PlainTextResponse(logged('hello')))

app.get('/broken', () => {
  throw new Error('The kettle is empty')
})

export default app
