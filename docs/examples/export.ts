import { Application, JSONLinesResponse, StreamingResponse } from 'stelline'

interface Reading {
  readonly day: number
  readonly degrees: number
}

/** Stands for a cursor of a database: rows come as they are asked for. */
async function* readings(days: number): AsyncGenerator<Reading, void, undefined> {
  for (let day = 1; day <= days; day++) yield { day, degrees: 15 + (day % 7) }
}

async function* csv(rows: AsyncIterable<Reading>): AsyncGenerator<string, void, undefined> {
  yield 'day,degrees\n'
  for await (const { day, degrees } of rows) yield `${day},${degrees}\n`
}

const app = new Application()

app.get('/readings/{days:int}.jsonl', ({ pathParams }) => new JSONLinesResponse(readings(pathParams.days)))

app.get('/readings/{days:int}.csv', ({ pathParams }) => {
  return new StreamingResponse(csv(readings(pathParams.days)), { mediaType: 'text/csv' })
})

export default app
