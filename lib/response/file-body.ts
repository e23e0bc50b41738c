import { FileUnavailable } from '../exceptions/file-unavailable.ts'
import { rangeLength } from '../http/byte-range.ts'
import type { ByteRange } from '../http/byte-range.ts'
import type { Send } from '../spec/app.ts'
import type { HTTPResponseStartMessage, HTTPSendMessage } from '../spec/messages.ts'
import type { HTTPScope, WebSocketScope } from '../spec/scope.ts'
import { wantsBody } from './denial.ts'
import type { BodySegment, FilePlan } from './file-plan.ts'
import { lengthOfSegments } from './multipart-ranges.ts'
import type { OpenFile } from './open-file.ts'

/** How much of a file is in memory at once. What is not longer goes out as one message. */
const pieceBytes = 65_536

/** Who is answered. */
export interface FileExchange {
  readonly scope: HTTPScope | WebSocketScope
  readonly send: Send
}

/**
 * Sends an answer about an open file. What is sent is of the file that is open, whatever the path leads to meanwhile, and
 * never more or less than announced.
 *
 * @throws {@link FileUnavailable} when the file has become too short; the server then cuts the answer.
 */
export async function sendFilePlan(plan: FilePlan, file: OpenFile, { scope, send }: FileExchange): Promise<void> {
  const start: HTTPResponseStartMessage = { type: 'http.response.start', status: plan.status, headers: plan.headers }
  const [first = ''] = plan.segments
  if (!wantsBody(scope) || plan.segments.length === 0) return sendWhole(send, start, '')
  if (plan.segments.length > 1) return sendPieces(plan.segments, file, { start, send })
  if (typeof first === 'string') return sendWhole(send, start, first)
  const shortcut = shortcutFor(first, file, scope)
  if (shortcut !== null) {
    await send(start)
    return send(shortcut)
  }
  return rangeLength(first) <= pieceBytes
    ? sendWhole(send, start, await readWhole(file, first))
    : sendPieces(plan.segments, file, { start, send })
}

async function sendWhole(send: Send, start: HTTPResponseStartMessage, body: string | Uint8Array): Promise<void> {
  await send(start)
  await send({ type: 'http.response.body', body, more_body: false })
}

/**
 * Returns the message that lets the server read the file. A handle is better than a path, which may lead to another file
 * by the time it is opened again.
 */
function shortcutFor(range: ByteRange, file: OpenFile, scope: HTTPScope | WebSocketScope): HTTPSendMessage | null {
  const offered = scope.type === 'http' ? (scope.extensions ?? {}) : {}
  const count = rangeLength(range)
  if (offered['http.response.zerocopysend'] !== undefined) {
    if (count <= pieceBytes) return null
    return { type: 'http.response.zerocopysend', file, offset: range.first, count, more_body: false }
  }
  const isWhole = count === file.stats.size
  return isWhole && offered['http.response.pathsend'] !== undefined
    ? { type: 'http.response.pathsend', path: file.path }
    : null
}

/** Reads before the answer starts, so that what fails can still be told by a status. */
async function readWhole(file: OpenFile, range: ByteRange): Promise<Uint8Array> {
  const whole = Buffer.allocUnsafe(rangeLength(range))
  let length = 0
  while (length < whole.length) {
    const { bytesRead } = await file.read(whole, length, whole.length - length, range.first + length)
    if (bytesRead === 0) throw becameShorter(file)
    length += bytesRead
  }
  return whole
}

interface StreamedAnswer {
  readonly start: HTTPResponseStartMessage
  readonly send: Send
}

async function sendPieces(
  segments: readonly BodySegment[],
  file: OpenFile,
  { start, send }: StreamedAnswer,
): Promise<void> {
  let left = lengthOfSegments(segments)
  await send(start)
  for await (const body of pieces(segments, file)) {
    left -= body.length
    await send({ type: 'http.response.body', body, more_body: left > 0 })
  }
}

async function* pieces(segments: readonly BodySegment[], file: OpenFile): AsyncGenerator<Uint8Array> {
  for (const segment of segments) {
    if (typeof segment === 'string') yield Buffer.from(segment, 'latin1')
    else yield* piecesOfRange(segment, file)
  }
}

async function* piecesOfRange({ first, last }: ByteRange, file: OpenFile): AsyncGenerator<Uint8Array> {
  for (let position = first; position <= last;) {
    // A new buffer for each piece: the last one may still be in the socket's queue.
    const piece = Buffer.allocUnsafeSlow(Math.min(pieceBytes, last + 1 - position))
    const { bytesRead } = await file.read(piece, 0, piece.length, position)
    if (bytesRead === 0) throw becameShorter(file)
    position += bytesRead
    yield piece.subarray(0, bytesRead)
  }
}

function becameShorter({ path, stats }: OpenFile): FileUnavailable {
  return new FileUnavailable(path, `it has become shorter than the ${stats.size} bytes that it had when it was opened`)
}
