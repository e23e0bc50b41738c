import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** What is asked again and again on one connection, and how many times. */
export interface Exchange {
  readonly port: number
  readonly request: string
  /** Asked before each request; the connection ends when it answers false. */
  readonly wantsMore: () => boolean
}

/** Writes one request after another on one connection, each when the answer to the last is complete. */
export function askInTurn({ port, request, wantsMore }: Exchange): Promise<void> {
  const socket = connect(port, '127.0.0.1').setNoDelay()
  const answer = new AnswerReader()
  const ask = (): void => void (wantsMore() ? socket.write(request) : socket.end())
  return new Promise((resolve, reject) => {
    socket.on('connect', ask)
    socket.on('error', reject)
    socket.on('close', () => resolve())
    socket.on('data', (chunk: Buffer) => {
      if (answer.read(chunk)) ask()
    })
    failOnStall(socket)
  })
}

function failOnStall(socket: Socket): void {
  socket.setTimeout(30_000, () => socket.destroy(new Error('Cannot go on: no answer within 30 seconds')))
}

const endOfHead = '\r\n\r\n'
const endOfChunks = '0\r\n\r\n'

/** Tells when an answer is complete, by its length or by its last chunk. Reads heads that arrive in one piece or more. */
class AnswerReader {
  #head = ''
  /** Bytes of the body that are still to come; -1 in the head, Infinity in a chunked body. */
  #missing = -1
  #tail = ''

  /** Takes what arrived and returns whether it completes the answer. */
  read(chunk: Buffer): boolean {
    if (this.#missing >= 0) return this.#readBody(chunk)
    this.#head += chunk.toString('latin1')
    const end = this.#head.indexOf(endOfHead)
    if (end < 0) return false
    const rest = Buffer.from(this.#head.slice(end + endOfHead.length), 'latin1')
    const length = /^content-length: *(\d+)/im.exec(this.#head.slice(0, end))
    this.#missing = length === null ? Infinity : Number(length[1])
    this.#head = ''
    return this.#readBody(rest)
  }

  #readBody(chunk: Buffer): boolean {
    this.#missing -= chunk.length
    if (this.#missing === Infinity) {
      this.#tail = (this.#tail + chunk.toString('latin1', Math.max(0, chunk.length - 7))).slice(-7)
      if (this.#tail !== endOfChunks && this.#tail !== `\r\n${endOfChunks}`) return false
    } else if (this.#missing > 0) return false
    this.#missing = -1
    this.#tail = ''
    return true
  }
}
