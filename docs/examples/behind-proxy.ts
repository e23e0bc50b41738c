import { Application, JSONResponse } from 'stelline'
import { proxyHeaders } from 'stelline/middleware'

const app = new Application({ middleware: [proxyHeaders({ trusted: ['127.0.0.1'] })] })

app.get('/', ({ client, url }) => new JSONResponse({ client: client?.host ?? null, url }))

export default app
