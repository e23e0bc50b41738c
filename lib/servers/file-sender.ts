import type { FileSource } from '../spec/messages.ts'

/** How much of a file is read at once. */
const pieceBytes = 65536

/** A part of an open file. */
export interface FilePart {
  readonly file: FileSource
  /** Where to start, in bytes; null for the file's own position. */
  readonly offset: number | null
  /** How many bytes at the most. */
  readonly count: number
}

/** A part of a file that is ours to close. */
export interface OpenFile extends FilePart {
  /** True when it is the whole file, so that its size is the length of the body. */
  readonly whole: boolean
  close(): Promise<void>
}

/**
 * Reads a part of a file piece by piece and waits for each piece to be taken, so that one piece is in memory at a time.
 * Ends early where the file ends.
 */
export async function sendFile(part: FilePart, take: (piece: Uint8Array) => Promise<void>): Promise<void> {
  let { offset } = part
  for (let left = part.count; left > 0;) {
    // A new buffer for each piece: the last one may still be in the socket's queue.
    const buffer = new Uint8Array(Math.min(pieceBytes, left))
    const { bytesRead } = await part.file.read(buffer, 0, buffer.length, offset)
    if (bytesRead === 0) return
    if (offset !== null) offset += bytesRead
    left -= bytesRead
    await take(bytesRead === buffer.length ? buffer : buffer.subarray(0, bytesRead))
  }
}
