import { createHash } from 'node:crypto'
import { Application, JSONResponse, Route } from 'stelline'
import type { FormData, UploadFile } from 'stelline'
import type { ASGIApp } from 'stelline/spec'

/** What was found in a form, in the order of the body. */
interface Found {
  readonly fields: [name: string, value: string][]
  readonly files: [name: string, fileName: string, type: string, size: number, sha1: string][]
}

const app = new Application({
  routes: [
    new Route('/{path:path}', async (request) => new JSONResponse(await describe(await request.form())), {
      methods: ['POST'],
    }),
  ],
})

/** Answers a form with a list of its fields and files. */
export const forms: ASGIApp = app.asgi

async function describe(form: FormData): Promise<Found> {
  const found: Found = { fields: [], files: [] }
  for (const [name, value] of form) {
    if (typeof value === 'string') found.fields.push([name, value])
    else found.files.push([name, value.name, value.mediaType?.essence ?? '', value.size, await sha1Of(value)])
  }
  return found
}

async function sha1Of(file: UploadFile): Promise<string> {
  const hash = createHash('sha1')
  for await (const chunk of file.stream()) hash.update(chunk)
  return hash.digest('hex')
}
