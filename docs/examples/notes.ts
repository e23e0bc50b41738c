import { Application, HTTPException, JSONResponse, Response } from 'stelline'
import type { Request } from 'stelline'
import { z } from 'zod'

const NewNote = z.object({ text: z.string().trim().min(1).max(1000) })
interface Note {
  readonly id: number
  readonly text: string
}

const app = new Application({
  lifespan: async function* () {
    yield { notes: new Map<number, Note>() }
  },
})

app.get('/notes', ({ state, queryParams }) => {
  const wanted = queryParams.get('q') ?? ''
  return new JSONResponse([...state.notes.values()].filter(({ text }) => text.includes(wanted)))
})

app.post('/notes', async (request) => {
  const { text } = await readNote(request)
  const note = { id: request.state.notes.size + 1, text }
  request.state.notes.set(note.id, note)
  const { pathname } = request.urlFor('note', { id: note.id })
  return new JSONResponse(note, { status: 201, headers: { location: pathname } })
})

app.get(
  '/notes/{id:int}',
  ({ state, pathParams }) => {
    const note = state.notes.get(pathParams.id)
    if (note === undefined) throw new HTTPException(404, { detail: `There is no note ${pathParams.id}` })
    return new JSONResponse(note)
  },
  { name: 'note' },
)

app.delete('/notes/{id:int}', ({ state, pathParams }) => {
  state.notes.delete(pathParams.id)
  return new Response(null, { status: 204 })
})

async function readNote(request: Request): Promise<z.infer<typeof NewNote>> {
  const result = NewNote.safeParse(await request.json())
  if (!result.success) throw new HTTPException(422, { detail: z.prettifyError(result.error) })
  return result.data
}

export default app
