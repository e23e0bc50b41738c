import { tracingChannel } from 'node:diagnostics_channel'
import { Application, JSONResponse } from 'stelline'
import { accessLog, requestId } from 'stelline/middleware'
import type { TracedCall } from 'stelline/middleware'

/** How often each status was answered: in earnest, a meter or a span. */
export const counts = new Map<number, number>()

tracingChannel<unknown, TracedCall>('stelline.request').subscribe({
  start() {},
  end() {},
  asyncStart() {},
  asyncEnd({ status }) {
    counts.set(status, (counts.get(status) ?? 0) + 1)
  },
  error() {},
})

export const lines: string[] = []

const app = new Application({
  middleware: [accessLog({ format: 'json', write: (line) => lines.push(line) }), requestId()],
})

app.get('/', () => new JSONResponse({ well: true }))

export default app
