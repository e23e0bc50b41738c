import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  Application,
  FileResponse,
  FileUnavailable,
  HTTPException,
  PlainTextResponse,
  exceptionHandler,
} from 'stelline'

/** What may be downloaded. A year from a client is looked up here and never becomes part of a path. */
const reports = new Map([
  ['2025', { file: new URL('reports/2025.csv', import.meta.url), name: 'Überblick 2025.csv' }],
  ['2026', { file: new URL('reports/2026.csv', import.meta.url), name: 'Überblick 2026.csv' }],
])

const app = new Application({
  exceptionHandlers: [
    exceptionHandler(FileUnavailable, () => new PlainTextResponse('Not written yet', { status: 404 })),
  ],
})

app.get('/reports/{year}', ({ pathParams }) => {
  const report = reports.get(pathParams.year)
  if (report === undefined) throw new HTTPException(404, { detail: `There is no report for ${pathParams.year}` })
  return new FileResponse(report.file, { filename: report.name, headers: { 'cache-control': 'private, no-cache' } })
})

/** A file that is made for one answer and removed after it. */
app.post('/exports', async (request) => {
  const directory = await mkdtemp(join(tmpdir(), 'export-'))
  const path = join(directory, 'export.txt')
  await writeFile(path, (await request.text()).toUpperCase())
  return new FileResponse(path, {
    filename: 'export.txt',
    background: () => rm(directory, { recursive: true }),
  })
})

export default app
