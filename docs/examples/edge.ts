import { Application, JSONResponse, toFetchHandler } from 'stelline'
import type { FetchHandler } from 'stelline'

/** What the platform binds to the program, its second argument. */
interface Env {
  readonly GREETING?: string
}

const app = new Application()

app.get('/hello/{name}', (request) => {
  const env = request.state['env'] as Env
  const { name } = request.pathParams
  return new JSONResponse({ greeting: `${env.GREETING ?? 'Hello'}, ${name}!`, from: request.client?.host ?? null })
})

/** The standard does not say where a request comes from: this platform sets a field that no client can. */
const fetch: FetchHandler = toFetchHandler(app, {
  client: (request) => {
    const address = request.headers.get('cf-connecting-ip')
    return address === null ? null : [address, 0]
  },
})

// Bun, Deno and Workers serve what a module exports so.
export default { fetch }
