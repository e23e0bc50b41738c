import type { Readable } from 'node:stream'
import { show } from '../spec/violations.ts'

/** A piece of a body: text, which goes out as UTF-8, or bytes. */
export type Chunk = string | Uint8Array

/** What a stream of chunks can come from. */
export type Chunks = Iterable<Chunk> | AsyncIterable<Chunk> | ReadableStream<Chunk> | Readable | Blob

/** The chunks of a source, one by one, with a way to stop it even while it is being waited for. */
export interface ChunkSource {
  /** False for a source that has every chunk at hand, so that it is never waited for. */
  readonly waits: boolean
  next(): IteratorResult<unknown, unknown> | Promise<IteratorResult<unknown, unknown>>
  /** Tells the source that no more chunks are wanted. */
  cancel(reason?: unknown): unknown
}

/**
 * Opens a source for reading.
 *
 * @throws TypeError for a value that is no source, and for one that is being read already.
 */
export function openSource(chunks: Chunks): ChunkSource {
  if (isReadable(chunks)) return ofReadable(chunks)
  if (chunks instanceof Blob) return ofWebStream(chunks.stream())
  if (isWebStream(chunks)) return ofWebStream(chunks)
  return Symbol.asyncIterator in chunks
    ? ofIterator(chunks[Symbol.asyncIterator](), true)
    : ofIterator(chunks[Symbol.iterator](), false)
}

/** Checks that a value is a source; a single string or byte array is not, though it can be iterated. */
export function checkChunks(value: unknown): asserts value is Chunks {
  const streams =
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Uint8Array) &&
    (Symbol.asyncIterator in value || Symbol.iterator in value || isWebStream(value) || value instanceof Blob)
  if (!streams) {
    throw new TypeError(
      `Cannot stream ${show(value)}: expected an iterable or async iterable of strings or Uint8Arrays, a ReadableStream, a Readable or a Blob`,
    )
  }
}

/** Tells whether a source comes to an end when it was read once. */
export function isReadOnce(chunks: Chunks): boolean {
  if (isReadable(chunks) || isWebStream(chunks)) return true
  return 'next' in chunks && typeof chunks.next === 'function'
}

export function isReadable(value: object): value is Readable {
  return 'destroy' in value && typeof value.destroy === 'function' && 'pipe' in value
}

function isWebStream(value: object): value is ReadableStream<Chunk> {
  return 'getReader' in value && typeof value.getReader === 'function'
}

function ofReadable(readable: Readable): ChunkSource {
  const iterator: AsyncIterator<unknown> = readable[Symbol.asyncIterator]()
  return { waits: true, next: () => iterator.next(), cancel: () => readable.destroy() }
}

function ofWebStream(stream: ReadableStream<unknown>): ChunkSource {
  const reader = stream.getReader()
  return { waits: true, next: () => reader.read(), cancel: (reason) => reader.cancel(reason) }
}

function ofIterator(iterator: Iterator<Chunk> | AsyncIterator<Chunk>, waits: boolean): ChunkSource {
  return { waits, next: () => iterator.next(), cancel: () => iterator.return?.() }
}
