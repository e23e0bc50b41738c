/** Text of a multipart body, as bytes: `\n` stands for CRLF and each code unit for one byte. */
export function multipartBytes(text: string): Buffer {
  return Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1')
}

/** Bytes in pieces of a length. */
export function piecesOf(bytes: Buffer, length: number): Buffer[] {
  const pieces: Buffer[] = []
  for (let start = 0; start < bytes.length; start += length) pieces.push(bytes.subarray(start, start + length))
  return pieces
}

/** Reads everything and keeps nothing. */
export async function drain(chunks: AsyncIterable<unknown>): Promise<void> {
  for await (const chunk of chunks) void chunk
}

/** The pieces of a body, and whether its reader has let go of it. */
export class ChunkSource {
  isClosed = false
  /** How many pieces were asked for. */
  taken = 0
  readonly #pieces: Iterable<Uint8Array>

  constructor(pieces: Iterable<Uint8Array>) {
    this.#pieces = pieces
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (const piece of this.#pieces) {
        this.taken++
        yield piece
      }
    } finally {
      this.isClosed = true
    }
  }
}
