import busboy from 'busboy'
import fc from 'fast-check'
import { test } from 'tap'
import { defaultFormLimits } from '../../../../lib/request/form/form-limits.ts'
import { readParts } from '../../../../lib/request/form/multipart.ts'
import { ChunkSource } from '../../../support/multipart.ts'

/*
 * On well-formed forms, in pieces of any length, the parser finds what busboy finds.
 */

interface Sent {
  readonly name: string
  readonly fileName: string | null
  readonly content: Uint8Array
}

/** Contents that are nearly delimiters are worth more than random bytes. */
const content = fc
  .array(
    fc.constantFrom('\r', '\n', '-', '--', '\r\n--', '\r\n--bound', '\r\n--boundar', 'x', '\0', '\xff', 'boundary'),
  )
  .map((pieces) => Buffer.from(pieces.join(''), 'latin1'))
  .filter((bytes) => !`\r\n${bytes.toString('latin1')}`.includes('\r\n--boundary'))
const word = fc
  .stringMatching(/^[\w .☃é-]{1,12}$/)
  .filter((text) => text.trim() === text && text !== '.' && text !== '..')
const parts = fc.array(fc.record({ name: word, fileName: fc.option(word), content }), { maxLength: 4 })

function bodyOf(sent: readonly Sent[]): Buffer {
  const pieces = sent.flatMap(({ name, fileName, content: bytes }) => [
    Buffer.from(`--boundary\r\nContent-Disposition: form-data; name="${name}"`),
    Buffer.from(`${fileName === null ? '' : `; filename="${fileName}"`}\r\n\r\n`),
    bytes,
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...pieces, Buffer.from('--boundary--\r\n')])
}

function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = []
  let start = 0
  for (const length of lengths) {
    pieces.push(bytes.subarray(start, start + length))
    start += length
  }
  return [...pieces, bytes.subarray(start)].filter((piece) => piece.length > 0)
}

type Found = readonly [name: string, fileName: string | null, content: string]

async function found(pieces: readonly Buffer[]): Promise<Found[]> {
  const all: Found[] = []
  for await (const part of readParts(new ChunkSource(pieces).chunks(), 'boundary', defaultFormLimits)) {
    all.push([part.name, part.fileName, Buffer.from(await part.bytes()).toString('latin1')])
  }
  return all
}

function foundByBusboy(bytes: Buffer): Promise<Found[]> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'multipart/form-data; boundary=boundary' }
    const parser = busboy({ headers, defParamCharset: 'utf8', defCharset: 'latin1' })
    const all: Found[] = []
    parser.on('field', (name, value) => void all.push([name, null, value]))
    parser.on('file', (name, file, { filename }) => {
      const index = all.push([name, filename ?? null, '']) - 1
      const chunks: Buffer[] = []
      file.on('data', (chunk: Buffer) => void chunks.push(chunk))
      file.on('end', () => (all[index] = [name, filename ?? null, Buffer.concat(chunks).toString('latin1')]))
    })
    parser.on('close', () => resolve(all))
    parser.on('error', reject)
    parser.end(bytes)
  })
}

test('readParts: finds what busboy finds', async (t) => {
  const property = fc.asyncProperty(parts, fc.array(fc.nat(20), { maxLength: 40 }), async (sent, lengths) => {
    const body = bodyOf(sent)
    const expected = sent.map((part) => [part.name, part.fileName, Buffer.from(part.content).toString('latin1')])
    t.strictSame(await found(cut(body, lengths)), expected)
    if (sent.length > 0) t.strictSame(await foundByBusboy(body), expected)
  })
  await fc.assert(property, { numRuns: 200 })
})
