import type { ByteReader } from './byte-reader.ts'

export const opcodes = { continuation: 0, text: 1, bytes: 2, close: 8, ping: 9, pong: 10 } as const

/** A frame as it came from a server. */
export interface WireFrame {
  readonly opcode: number
  readonly last: boolean
  readonly payload: Buffer
}

/** What a frame is made of. Every frame of a client is masked, unless a test leaves the mask out. */
export interface FrameInit {
  readonly opcode: number
  readonly payload?: string | Uint8Array
  readonly last?: boolean
  readonly masked?: boolean
  /** The reserved bits. */
  readonly reserved?: number
}

/** The bytes of a frame of a client. @see https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
export function frame({ opcode, payload = '', last = true, masked = true, reserved = 0 }: FrameInit): Buffer {
  const data = Buffer.from(payload as Uint8Array)
  const mask = Buffer.from([1, 2, 3, 4])
  const head = Buffer.concat([
    Buffer.from([(last ? 0x80 : 0) | (reserved << 4) | opcode]),
    lengthOf(data.length, masked),
  ])
  if (!masked) return Buffer.concat([head, data])
  const hidden = data.map((byte, at) => byte ^ mask[at % 4]!)
  return Buffer.concat([head, mask, hidden])
}

/** The payload of a close frame. */
export function closing(code: number, reason = ''): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)])
}

/** The code and reason of a close frame. */
export function closeOf({ opcode, payload }: WireFrame): { code: number; reason: string } | null {
  if (opcode !== opcodes.close) return null
  return payload.length === 0
    ? { code: 1005, reason: '' }
    : { code: payload.readUInt16BE(0), reason: String(payload.subarray(2)) }
}

/** Reads a frame of a server. Rejects one that is masked. */
export async function readFrame(reader: ByteReader): Promise<WireFrame> {
  const [first, second] = await reader.take(2)
  if (second! > 127) throw new Error('A frame of a server is masked')
  const length =
    second! < 126
      ? second!
      : second === 126
        ? (await reader.take(2)).readUInt16BE(0)
        : Number((await reader.take(8)).readBigUInt64BE(0))
  return { opcode: first! & 15, last: first! > 127, payload: await reader.take(length) }
}

function lengthOf(length: number, masked: boolean): Buffer {
  const bit = masked ? 0x80 : 0
  if (length < 126) return Buffer.from([bit | length])
  const bytes = Buffer.alloc(length < 65_536 ? 3 : 9)
  bytes[0] = bit | (length < 65_536 ? 126 : 127)
  if (length < 65_536) bytes.writeUInt16BE(length, 1)
  else bytes.writeBigUInt64BE(BigInt(length), 1)
  return bytes
}
