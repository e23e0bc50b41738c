import { createReadStream } from 'node:fs'
import { FileResponse } from '../../lib/response/file-response.ts'
import { StreamingResponse } from '../../lib/response/streaming-response.ts'
import { serve } from '../../lib/servers/node/serve.ts'
import type { ASGIApp } from '../../lib/spec/app.ts'

/*
 * A process of its own for a file that is larger than memory may become: `node large-file-server.ts PATH`. It tells where
 * it is reached, and then, for each line, how much memory it has had at most, in bytes.
 */

const path = process.argv[2]!
const streamedBytes = 256 * 1024 ** 2
const file = new FileResponse(path)

const app: ASGIApp = (scope, receive, send) => {
  if (scope.type !== 'http') throw new TypeError(`Cannot serve ${scope.type}`)
  const response =
    scope.path === '/stream' ? new StreamingResponse(createReadStream(path, { end: streamedBytes - 1 })) : file
  return response.respond(scope, receive, send)
}

const server = await serve(app, { port: 0, lifespan: 'off' })
process.send!(server.url)
process.on('message', () => process.send!(process.resourceUsage().maxRSS * 1024))
process.on('disconnect', () => process.exit())
