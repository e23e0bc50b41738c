import { Application, HTMLResponse, RedirectResponse } from 'stelline'
import { cspNonce, csrf, originCheck, secureHeaders } from 'stelline/middleware'

const orders: string[] = []

const app = new Application({
  middleware: [
    secureHeaders({
      contentSecurityPolicy: {
        'default-src': ["'self'"],
        'script-src': ["'nonce'"],
        'frame-ancestors': ["'none'"],
      },
    }),
    csrf(),
    originCheck(),
  ],
})

app.get('/', (request) => {
  const form = '<form method="post" action="/orders"><input name="tea"><button>Order</button></form>'
  return new HTMLResponse(`${form}<script nonce="${cspNonce(request)}">document.forms[0].tea.focus()</script>`)
})

app.post('/orders', async (request) => {
  const tea = (await request.form()).get('tea')
  if (typeof tea === 'string') orders.push(tea)
  return new RedirectResponse('/', { status: 303 })
})

app.websocket('/orders', async (websocket) => {
  await websocket.accept()
  await websocket.sendJson(orders)
})

export default app
