import { Application, PlainTextResponse } from 'stelline'
import type { Request, UploadFile } from 'stelline'
import { serve } from 'stelline/servers'

const takes: Readonly<Record<string, (request: Request) => Promise<number>>> = {
  async form(request) {
    const form = await request.form()
    return (form.get('file') as UploadFile).size
  },
  async stream(request) {
    let bytes = 0
    for await (const part of request.formStream()) for await (const chunk of part) bytes += chunk.length
    return bytes
  },
}

/** Starts a server that takes uploads, into a file or as a stream, and answers with their size. */
export async function start(caseId: string): Promise<number> {
  const app = new Application()
  app.get('/', () => new PlainTextResponse('ok'))
  app.post('/', async (request) => new PlainTextResponse(String(await takes[caseId]!(request))))
  const server = await serve(app, { port: 0 })
  return server.port!
}
