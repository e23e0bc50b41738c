import * as zlib from 'node:zlib'
import type { Transform } from 'node:stream'
import { promisify } from 'node:util'

/** A content coding that answers can be sent in. @see https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1 */
export type Encoding = 'br' | 'zstd' | 'gzip' | 'deflate'

/** How much work is put into each coding, in the terms of its own. */
export type Levels = Readonly<Record<Encoding, number>>

/** What node:zlib can do with a coding. */
export interface Coding {
  /** Codes a whole body at once, and blocks while it does. */
  wholeSync(body: Uint8Array, level: number): Uint8Array
  /** Codes a whole body beside the event loop. */
  whole(body: Uint8Array, level: number): Promise<Uint8Array>
  /** Makes a stream that codes. */
  stream(level: number): FlushingTransform
  /** What makes a stream give out all that it has. */
  readonly flush: number
}

/** A stream of node:zlib. */
export interface FlushingTransform extends Transform {
  flush(kind: number, callback: () => void): void
}

/** The names that node:zlib has only since Node 22.15. */
interface Zstd {
  readonly createZstdCompress?: (options: object) => FlushingTransform
  readonly zstdCompress?: (
    body: Uint8Array,
    options: object,
    callback: (error: Error | null, coded: Uint8Array) => void,
  ) => void
  readonly zstdCompressSync?: (body: Uint8Array, options: object) => Uint8Array
}

const { constants } = zlib
const brotliOptions = (level: number): zlib.BrotliOptions => ({
  params: { [constants.BROTLI_PARAM_QUALITY]: level },
})
const zstdOptions = (level: number): object => ({
  params: { [(constants as unknown as Record<string, number>)['ZSTD_c_compressionLevel']!]: level },
})

const brotli = promisify<zlib.InputType, zlib.BrotliOptions, Buffer>(zlib.brotliCompress)
const gzip = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gzip)
const deflate = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.deflate)

/** The codings that this Node has, by name, the preferred ones first. */
export const codings: ReadonlyMap<Encoding, Coding> = new Map<Encoding, Coding>([
  [
    'br',
    {
      wholeSync: (body, level) => zlib.brotliCompressSync(body, brotliOptions(level)),
      whole: (body, level) => brotli(body, brotliOptions(level)),
      stream: (level) => zlib.createBrotliCompress(brotliOptions(level)),
      flush: constants.BROTLI_OPERATION_FLUSH,
    },
  ],
  ...zstdCoding(zlib as Zstd),
  [
    'gzip',
    {
      wholeSync: (body, level) => zlib.gzipSync(body, { level }),
      whole: (body, level) => gzip(body, { level }),
      stream: (level) => zlib.createGzip({ level }),
      flush: constants.Z_SYNC_FLUSH,
    },
  ],
  [
    'deflate',
    {
      wholeSync: (body, level) => zlib.deflateSync(body, { level }),
      whole: (body, level) => deflate(body, { level }),
      stream: (level) => zlib.createDeflate({ level }),
      flush: constants.Z_SYNC_FLUSH,
    },
  ],
])

/** Returns zstd where the platform has it. */
export function zstdCoding({ createZstdCompress, zstdCompress, zstdCompressSync }: Zstd): [Encoding, Coding][] {
  if (createZstdCompress === undefined) return []
  const coding: Coding = {
    wholeSync: (body, level) => zstdCompressSync!(body, zstdOptions(level)),
    whole: (body, level) =>
      new Promise((resolve, reject) => {
        zstdCompress!(body, zstdOptions(level), (error, coded) => (error === null ? resolve(coded) : reject(error)))
      }),
    stream: (level) => createZstdCompress(zstdOptions(level)),
    flush: (constants as unknown as Record<string, number>)['ZSTD_e_flush'] ?? 1,
  }
  return [['zstd', coding]]
}
