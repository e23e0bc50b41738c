import { join } from 'node:path'
import { test } from 'tap'
import { FileResponse } from '../../../../lib/response/file-response.ts'
import { get, serving } from '../serving.ts'

const size = 1_000_000
const count = 50_000
const roomMaxBytes = 2_000_000

function ranges(of: (index: number) => string): string {
  return `range: bytes=${Array.from({ length: count }, (_, index) => of(index)).join()}`
}

/** CVE-2025-62727: a list of ranges that took quadratic time to merge. */
const floods: readonly (readonly [what: string, field: string])[] = [
  ['apart', ranges((index) => `${index * 3}-${index * 3 + 1}`)],
  ['backwards', ranges((index) => `${size - index * 3}-`)],
  ['of the whole file', ranges(() => '0-')],
  ['one within the other', ranges((index) => `${index}-${size - index}`)],
  ['from the end', ranges((index) => `-${index + 1}`)],
]

for (const [what, field] of floods) {
  test(`FileResponse over a socket: 50,000 ranges ${what} do not fit into a head`, async (t) => {
    const path = join(t.testdir({ file: Buffer.alloc(size) }), 'file')
    const { ask } = await serving(t, new FileResponse(path))

    const { status } = await ask(get('/', field))

    t.equal(status, 431)
  })

  test(`FileResponse over a socket: 50,000 ranges ${what} are refused in 10 ms where heads may be as large`, async (t) => {
    const path = join(t.testdir({ file: Buffer.alloc(size) }), 'file')
    const { open, records } = await serving(t, new FileResponse(path), { maxHeaderBytes: roomMaxBytes })
    const wire = await open()

    const statuses = new Set<number>()
    for (let run = 0; run < 10; run++) statuses.add((await wire.send(get('/', field)).answer()).status)
    const bestMs = Math.min(...records.map(({ durationMs }) => durationMs))

    t.strictSame([...statuses], [416])
    t.equal(records.length, 10)
    t.ok(bestMs <= 10, `${bestMs} ms`)
    t.comment(`${bestMs.toFixed(2)} ms`)
  })
}

test('FileResponse over a socket: ranges that overlap send no byte twice', async (t) => {
  const path = join(t.testdir({ file: Buffer.alloc(size) }), 'file')
  const { ask } = await serving(t, new FileResponse(path))

  const { status, headers } = await ask(get('/', `range: bytes=${Array(200).fill('0-').join()}`))

  t.strictSame(
    [status, headers['content-length'], headers['content-range']],
    [206, '1000000', 'bytes 0-999999/1000000'],
  )
})
