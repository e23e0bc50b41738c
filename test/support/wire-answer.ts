import type { ByteReader } from './byte-reader.ts'

/** An answer as it stands on the wire, each byte one character. */
export interface WireAnswer {
  readonly status: number
  /** The status line and the fields, without the line ends. */
  readonly lines: readonly string[]
  /** Values by lower-case name; those of a repeated name joined with ", ". */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The trailer lines. */
  readonly trailers: readonly string[]
}

/** Reads one answer, strictly. */
export async function readAnswer(reader: ByteReader, headOnly: boolean): Promise<WireAnswer> {
  const lines = (await reader.until('\r\n\r\n')).toString('latin1').slice(0, -4).split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3}) [\t\x20-\x7e\x80-\xff]*$/.exec(lines[0]!)?.[1])
  if (!(status >= 100)) throw new Error(`Not a status line: ${JSON.stringify(lines[0])}`)
  const headers = fieldsOf(lines.slice(1))
  const head = { status, lines, headers, body: '', trailers: [] }
  if (headOnly || status < 200 || status === 204 || status === 304) return head
  return { ...head, ...(await readBody(reader, headers)) }
}

async function readBody(
  reader: ByteReader,
  headers: WireAnswer['headers'],
): Promise<Pick<WireAnswer, 'body' | 'trailers'>> {
  if (headers['transfer-encoding'] === 'chunked') return readChunks(reader)
  const length = headers['content-length']
  const body = length === undefined ? await reader.rest() : await reader.take(Number(length))
  return { body: body.toString('latin1'), trailers: [] }
}

async function readChunks(reader: ByteReader): Promise<Pick<WireAnswer, 'body' | 'trailers'>> {
  let body = ''
  for (;;) {
    const line = (await reader.until('\r\n')).toString('latin1')
    if (!/^[0-9a-fA-F]+\r\n$/.test(line)) throw new Error(`Not the size of a chunk: ${JSON.stringify(line)}`)
    const size = Number.parseInt(line, 16)
    if (size === 0) return { body, trailers: await readTrailers(reader) }
    body += (await reader.take(size)).toString('latin1')
    await reader.until('\r\n')
  }
}

async function readTrailers(reader: ByteReader): Promise<string[]> {
  const trailers: string[] = []
  for (;;) {
    const line = (await reader.until('\r\n')).toString('latin1').slice(0, -2)
    if (line === '') return trailers
    trailers.push(line)
  }
}

function fieldsOf(lines: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = Object.create(null)
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? []
    if (name === undefined) throw new Error(`Not a field: ${JSON.stringify(line)}`)
    const key = name.toLowerCase()
    fields[key] = fields[key] === undefined ? value! : `${fields[key]}, ${value}`
  }
  return fields
}
