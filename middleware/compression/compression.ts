import { named } from '../../lib/endpoint/named.ts'
import { Headers } from '../../lib/http/headers.ts'
import { acceptableEncodings } from '../../lib/http/negotiation.ts'
import { settled } from '../../lib/spec/app.ts'
import type { Middleware } from '../../lib/spec/app.ts'
import { show } from '../../lib/spec/violations.ts'
import { codings } from './coding.ts'
import type { Encoding, Levels } from './coding.ts'
import { CompressingSend } from './compressing-send.ts'
import type { Choice } from './compressing-send.ts'
import { byContentType, isCompressible } from './policy.ts'
import type { Compressible } from './policy.ts'

/** Which answers are compressed, and how. */
export interface CompressionOptions {
  /** The codings to offer, the preferred one first. Default br, zstd where Node has it, gzip, deflate. */
  encodings?: readonly Encoding[]
  /** Bodies below this many bytes are left as they are, streams excepted. Default 1024. */
  minimumBytes?: number
  /** How much work is put into each coding. Default br 4, zstd 3, gzip 6, deflate 6. */
  levels?: Partial<Levels>
  /** Tells whether a media type becomes smaller. Default: texts of all kinds, JSON, XML, SVG, some fonts. */
  compressible?: Compressible
}

const defaultLevels: Levels = { br: 4, zstd: 3, gzip: 6, deflate: 6 }
const highestLevels: Levels = { br: 11, zstd: 22, gzip: 9, deflate: 9 }

/**
 * Compresses answers in the coding that the client likes best. Streams are flushed with every message, so that events
 * arrive when they are sent. What is coded already, parts of files, `no-transform`, images and films are left alone.
 *
 * Secrets and what a client has sent should not stand in the same compressed answer: its length would tell about them.
 *
 * @throws TypeError or RangeError for a set-up that cannot work.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-8.4
 */
export function compression(options: CompressionOptions = {}): Middleware {
  const { encodings = [...codings.keys()], minimumBytes = 1024 } = options
  const compressible = byContentType(options.compressible ?? isCompressible)
  const levels: Levels = { ...defaultLevels, ...options.levels }
  checkSetUp(encodings, levels, minimumBytes)
  const offered = [...encodings, 'identity']
  const choose = (acceptEncoding: string | null): Choice | null => {
    const encoding = acceptableEncodings(acceptEncoding, offered)[0] ?? 'identity'
    if (encoding === 'identity') return null
    return { encoding, coding: codings.get(encoding as Encoding)!, level: levels[encoding as Encoding] }
  }
  return named('compression', (app) => (scope, receive, send) => {
    if (scope.type !== 'http') return app(scope, receive, send)
    const compressing = new CompressingSend(send, {
      head: scope.method === 'HEAD',
      minimumBytes,
      compressible,
      choose: () => choose(Headers.from(scope.headers).get('accept-encoding')),
    })
    const done = app(scope, receive, compressing.send)
    return done === settled ? done : compressing.until(done)
  })
}

function checkSetUp(encodings: readonly Encoding[], levels: Levels, minimumBytes: number): void {
  for (const encoding of encodings) {
    if (codings.has(encoding)) continue
    throw new TypeError(
      `Cannot compress with ${show(encoding)}: expected some of ${[...codings.keys()].join(', ')}, which this Node has`,
    )
  }
  for (const [encoding, level] of Object.entries(levels)) {
    const highest = Object.hasOwn(highestLevels, encoding) ? highestLevels[encoding as Encoding] : -1
    if (Number.isInteger(level) && level >= 0 && level <= highest) continue
    throw new RangeError(`Cannot compress with ${show(encoding)} at level ${show(level)}: expected 0 to ${highest}`)
  }
  if (!(typeof minimumBytes === 'number' && minimumBytes >= 0)) {
    throw new RangeError(`Cannot compress: minimumBytes is ${show(minimumBytes)}, expected a number of bytes`)
  }
}
