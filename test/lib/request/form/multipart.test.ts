import { test } from 'tap'
import { defaultFormLimits } from '../../../../lib/request/form/form-limits.ts'
import type { FormLimits } from '../../../../lib/request/form/form-limits.ts'
import type { FormPart } from '../../../../lib/request/form/form-part.ts'
import { readParts } from '../../../../lib/request/form/multipart.ts'
import { ChunkSource, drain, multipartBytes, piecesOf } from '../../../support/multipart.ts'
import { refusal } from '../../../support/refusal.ts'

const field = (name: string, value: string): string =>
  `--b\nContent-Disposition: form-data; name="${name}"\n\n${value}\n`
const file = (name: string, content: string): string =>
  `--b\nContent-Disposition: form-data; name="${name}"; filename="${name}.txt"\n\n${content}\n`

function sourceOf(body: string, pieceLength = 7): ChunkSource {
  return new ChunkSource(piecesOf(multipartBytes(body), pieceLength))
}

function partsOf(source: ChunkSource, limits: Partial<FormLimits> = {}): AsyncGenerator<FormPart, void, undefined> {
  return readParts(source.chunks(), 'b', { ...defaultFormLimits, ...limits })
}

async function readAll(body: string, limits: Partial<FormLimits> = {}): Promise<string[]> {
  const seen: string[] = []
  for await (const part of partsOf(sourceOf(body), limits)) {
    seen.push(`${part.name} ${part.fileName} ${await part.text()}`)
  }
  return seen
}

test('readParts: gives out fields and files in order', async (t) => {
  const body = `${field('a', '1')}${file('f', 'x\ny')}${field('a', '')}--b--`
  t.strictSame(await readAll(body), ['a null 1', 'f f.txt x\r\ny', 'a null '])
})

test('readParts: a part knows its media type and its header', async (t) => {
  for await (const part of partsOf(
    sourceOf(`--b\nContent-Type: a/b\nContent-Disposition: form-data; name=c\n\n\n--b--`),
  )) {
    t.equal(part.mediaType?.essence, 'a/b')
    t.equal(part.headers.get('content-type'), 'a/b')
  }
})

test('readParts: reads no further than it is asked', async (t) => {
  const source = sourceOf(`${file('f', 'x'.repeat(1000))}--b--`, 100)
  const parts = partsOf(source)
  const { value: part } = await parts.next()
  t.equal(source.taken, 1)
  const chunks = part![Symbol.asyncIterator]()
  await chunks.next()
  t.equal(source.taken, 1)
  await chunks.next()
  t.equal(source.taken, 2)
  await parts.return()
})

test('readParts: others have their turn after each 1 MiB of a body that is there at once', async (t) => {
  const source = new ChunkSource(piecesOf(multipartBytes(`${file('f', 'x'.repeat(2_621_440))}--b--`), 65_536))
  let [atOnce, most, isOver] = [0, 0, false]
  const beginTurn = (): void => {
    atOnce = source.taken
    if (!isOver) setImmediate(beginTurn)
  }
  beginTurn()
  for await (const part of partsOf(source)) {
    for await (const { length } of part) if (length > 0) most = Math.max(most, source.taken - atOnce)
  }
  isOver = true
  t.ok(most <= 17, `${most} pieces of 64 KiB in one turn of the event loop`)
})

test('readParts: skips what is not read of a part', async (t) => {
  const names: string[] = []
  for await (const part of partsOf(sourceOf(`${file('f', 'x'.repeat(1000))}${file('g', 'y'.repeat(100))}--b--`))) {
    names.push(part.name)
    if (part.name === 'f') await part[Symbol.asyncIterator]().next()
  }
  t.strictSame(names, ['f', 'g'])
})

test('readParts: a part cannot be read twice, nor when the form has gone on', async (t) => {
  const parts = partsOf(sourceOf(`${field('a', '1')}${field('b', '2')}--b--`))
  const { value: first } = await parts.next()
  const unfinished = first![Symbol.asyncIterator]()
  await t.rejects(
    first!.text().then(() => first!.text()),
    { message: 'Cannot read the part "a" of a form: it is gone already' },
  )
  const { value: second } = await parts.next()
  await t.rejects(unfinished.next(), TypeError)
  const late = second![Symbol.asyncIterator]()
  await parts.return()
  await t.rejects(late.next(), { message: 'Cannot read the part "b" of a form: the form has gone on without it' })
})

test('readParts: bytes() and text() that nobody awaits at once are whole', async (t) => {
  const contents = ['a', 'b', 'c'].map((name) => name.repeat(1000))
  const source = sourceOf(`${contents.map((content) => file(content[0]!, content)).join('')}--b--`, 100)
  const reading: Promise<unknown>[] = []
  for await (const part of partsOf(source)) reading.push(part.name === 'b' ? part.bytes() : part.text())
  t.strictSame((await Promise.all(reading)).map(String), contents)
})

test('readParts: the form goes on behind a part that is still being read', async (t) => {
  const source = sourceOf(`${file('a', 'a'.repeat(20))}${file('b', 'b')}${file('c', 'c')}--b--`, 1)
  const seen: string[] = []
  const unfinished: [Promise<unknown>, AsyncGenerator<Uint8Array, void, undefined>][] = []
  for await (const part of partsOf(source)) {
    seen.push(part.name)
    const chunks = part[Symbol.asyncIterator]()
    unfinished.push([chunks.next(), chunks])
  }
  t.strictSame(seen, ['a', 'b', 'c'])
  for (const [first] of unfinished) t.match(await first, { done: false })
  const [a, b, c] = unfinished.map(([, chunks]) => chunks.next())
  await t.rejects(a!, { message: 'Cannot read the part "a" of a form: the form has gone on without it' })
  // Of these nothing was left.
  t.match(await Promise.all([b, c]), [{ done: true }, { done: true }])
})

test('readParts: what fails to be read of a part ends no process, and fails the form', async (t) => {
  const parts = partsOf(sourceOf(`${file('f', 'x'.repeat(1000))}${file('g', '')}--b--`), { maxFileBytes: 10 })
  await t.rejects(
    async () => {
      for await (const part of parts) void part.bytes()
    },
    refusal(413, 'A file is larger than 10 bytes'),
  )
})

test('readParts: bytes() of a part are its content', async (t) => {
  for await (const part of partsOf(sourceOf(`${file('f', '\xff')}--b--`)))
    t.strictSame([...(await part.bytes())], [0xff])
})

test('readParts: reads the body to its end, beyond the end of the form', async (t) => {
  const source = sourceOf(`${field('a', '1')}--b--${'\n'.repeat(100)}`)
  await drain(partsOf(source))
  t.equal(source.taken, Math.ceil(multipartBytes(`${field('a', '1')}--b--${'\n'.repeat(100)}`).length / 7))
  t.ok(source.isClosed)
})

test('readParts: lets go of the body when the caller stops', async (t) => {
  const source = sourceOf(`${file('f', 'x'.repeat(1000))}--b--`)
  const parts = partsOf(source)
  await parts.next()
  await parts.return()
  t.ok(source.isClosed)
})

test('CVE-2025-47935: readParts lets go of the body when the form is malformed, and throws once', async (t) => {
  const source = sourceOf(`${file('f', 'x'.repeat(1000))}--c--`)
  const parts = partsOf(source)
  await t.rejects(
    async () => {
      for await (const part of parts) await part.text()
    },
    refusal(400, 'The form ends before its closing boundary'),
  )
  t.ok(source.isClosed)
  t.strictSame(await parts.next(), { value: undefined, done: true })
})

test('readParts: a body that fails is a failure of the form', async (t) => {
  async function* failing(): AsyncGenerator<Uint8Array, void, undefined> {
    yield multipartBytes(file('f', 'x'))
    throw new Error('the client left')
  }
  const parts = readParts(failing(), 'b', defaultFormLimits)
  await t.rejects(
    async () => {
      for await (const part of parts) await part.text()
    },
    { message: 'the client left' },
  )
})

const limited: readonly (readonly [
  limits: Partial<FormLimits>,
  accepted: string,
  refused: string,
  status: number,
  detail: string,
])[] = [
  [{ maxFiles: 1 }, file('f', ''), file('f', '') + file('g', ''), 400, 'The form has more than 1 files'],
  [{ maxFields: 1 }, field('a', ''), field('a', '') + field('b', ''), 400, 'The form has more than 1 fields'],
  [{ maxFieldBytes: 3 }, field('a', '123'), field('a', '1234'), 413, 'A field is larger than 3 bytes'],
  [{ maxFileBytes: 3 }, file('f', '123'), file('f', '1234'), 413, 'A file is larger than 3 bytes'],
  [
    { maxFieldsBytes: 5 },
    field('ab', '123'),
    field('ab', '12') + field('c', '3'),
    413,
    'What the fields hold together is larger than 5 bytes',
  ],
  [{ maxFieldsBytes: 1 }, field('a', ''), field('ab', ''), 413, 'What the fields hold together is larger than 1 bytes'],
  [{ maxNameBytes: 1 }, field('a', ''), file('ab', ''), 413, 'The name of a field is larger than 1 bytes'],
  [{ maxPartHeaders: 1 }, field('a', ''), `--b\na: 1\nc: 2\n\n\n`, 400, 'A part of the form has more than 1 header'],
  [{ maxPartHeaderBytes: 41 }, field('a', ''), field('ab', ''), 400, 'A part of the form has more than 41 bytes of'],
  [{ maxBodyBytes: 56 }, field('a', ''), field('a', '1'), 413, 'The body is larger than 56 bytes'],
]

for (const [limits, accepted, refused, status, detail] of limited) {
  test(`readParts: ${JSON.stringify(limits)} is kept`, async (t) => {
    await t.resolves(readAll(`${accepted}--b--`, limits))
    await t.rejects(readAll(`${refused}--b--`, limits), refusal(status, detail))
  })
}

test('readParts: a limit stops the reading within one piece of the body', async (t) => {
  const source = sourceOf(`${field('a', '').repeat(100_000)}--b--`, 65_536)
  await t.rejects(
    async () => {
      for await (const part of partsOf(source)) await part.text()
    },
    refusal(400, 'The form has more than 1000 fields'),
  )
  t.equal(source.taken, 1)
})
