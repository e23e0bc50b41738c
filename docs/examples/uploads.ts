import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Application, HTTPException, JSONResponse, UploadFile } from 'stelline'

const directory = join(tmpdir(), 'stelline-album')

const app = new Application({
  lifespan: async () => {
    await mkdir(directory, { recursive: true })
    return {}
  },
})

const endings: ReadonlyMap<string, string> = new Map([
  ['image/jpeg', 'jpg'],
  ['image/png', 'png'],
])

/** A name of our own: two clients may send files of one name. */
const newPath = (ending: string): string => join(directory, `${randomUUID()}.${ending}`)

app.post('/photos', async (request) => {
  const form = await request.form({ limits: { maxFiles: 20, maxFileBytes: 10_000_000 } })
  const saved = []
  for (const photo of form.getAll('photo')) {
    if (!(photo instanceof UploadFile)) throw new HTTPException(422, { detail: 'A photo is not a file' })
    const ending = endings.get(photo.mediaType?.essence ?? '')
    if (ending === undefined) throw new HTTPException(415, { detail: `${photo.name} is neither JPEG nor PNG` })
    const path = newPath(ending)
    await photo.saveTo(path)
    saved.push({ name: photo.name, size: photo.size, path })
  }
  return new JSONResponse({ title: form.get('title'), saved }, { status: 201 })
})

// A film goes straight to its place: nothing of it waits in a temporary file.
app.post('/films', async (request) => {
  const paths: string[] = []
  for await (const part of request.formStream({ limits: { maxFileBytes: Infinity, maxBodyBytes: Infinity } })) {
    if (part.fileName === null) continue
    const path = newPath('film')
    await pipeline(part, createWriteStream(path, { flags: 'wx' }))
    paths.push(path)
  }
  return new JSONResponse({ paths }, { status: 201 })
})

export default app
