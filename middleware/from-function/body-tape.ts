import { BodyConsumed } from '../../lib/exceptions/body-consumed.ts'
import { settled } from '../../lib/spec/app.ts'
import type { Receive } from '../../lib/spec/app.ts'
import type { HTTPRequestMessage, ReceiveMessage } from '../../lib/spec/messages.ts'

/**
 * Lets several readers receive one body, each from its begin: what one has read is kept for the others, up to a limit. What
 * exceeds it is kept no more, so that whoever reads first is never slowed down and memory stays bounded.
 */
export class BodyTape {
  readonly #receive: Receive
  readonly #maxBytes: number
  /** The messages of the body so far, until they are too long to be kept. */
  #kept: HTTPRequestMessage[] | null = null
  #bytes = 0
  /** How many messages of the body there were. */
  #count = 0
  /** What is being received; whoever has read everything so far waits for the same. */
  #pending: Promise<ReceiveMessage> | null = null

  constructor(receive: Receive, maxBytes: number) {
    this.#receive = receive
    this.#maxBytes = maxBytes
  }

  /**
   * Makes a `receive` that begins at the begin of the body.
   *
   * @throws {@link BodyConsumed} out of that, when another reader has read more than is kept.
   */
  reader(): Receive {
    // Most bodies are read by one reader or by none.
    let begun: Receive | null = null
    return () => (begun ??= this.#begin())()
  }

  #begin(): Receive {
    let position = 0
    let turn: Promise<unknown> = settled
    const read = async (): Promise<ReceiveMessage> => {
      if (position < this.#count) {
        if (this.#kept === null) throw new BodyConsumed()
        return this.#kept[position++]!
      }
      const message = await (this.#pending ??= this.#next())
      if (message.type === 'http.request') position++
      return message
    }
    return () => {
      const message = turn.then(read)
      turn = message.catch(ignore)
      return message
    }
  }

  async #next(): Promise<ReceiveMessage> {
    try {
      const message = await this.#receive()
      if (message.type === 'http.request') this.#keep(message)
      return message
    } finally {
      this.#pending = null
    }
  }

  #keep(message: HTTPRequestMessage): void {
    this.#count++
    this.#bytes += message.body?.length ?? 0
    if (this.#bytes > this.#maxBytes) this.#kept = null
    else (this.#kept ??= []).push(message)
  }
}

function ignore(): void {}
