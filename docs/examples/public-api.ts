import { Application, HTTPException, JSONResponse } from 'stelline'
import { cors } from 'stelline/middleware'

const teas = new Map([[1, { name: 'Sencha' }]])

const app = new Application({
  middleware: [
    cors({
      allowOrigins: ['https://shop.example'],
      allowOriginRegex: /https:\/\/[a-z]+\.preview\.example/,
      allowMethods: ['GET', 'PUT'],
      allowHeaders: ['X-Token'],
      exposeHeaders: ['X-Total'],
      allowCredentials: true,
    }),
  ],
})

app.get('/teas', () => new JSONResponse([...teas.values()], { headers: { 'x-total': String(teas.size) } }))

app.get('/teas/{id:int}', ({ pathParams: { id } }) => {
  const tea = teas.get(id)
  if (tea === undefined) throw new HTTPException(404, { detail: `There is no tea ${id}` })
  return new JSONResponse(tea)
})

export default app
