import { Headers } from '../../lib/http/headers.ts'
import { startWith } from '../../lib/http/message-fields.ts'
import { settled } from '../../lib/spec/app.ts'
import type { Send } from '../../lib/spec/app.ts'
import type {
  Content,
  HTTPResponseBodyMessage,
  HTTPResponseStartMessage,
  SendMessage,
} from '../../lib/spec/messages.ts'
import { Coder } from './coder.ts'
import type { Coding } from './coding.ts'
import { codedFields, mayBeCoded, varyingFields } from './policy.ts'

/** The coding of one answer. */
export interface Choice {
  readonly encoding: string
  readonly coding: Coding
  readonly level: number
}

/** What is known before the answer. */
export interface CompressingSettings {
  /** Whether the body will not reach the client. */
  readonly head: boolean
  readonly minimumBytes: number
  /** Tells by the value of `content-type` whether a body becomes smaller. */
  readonly compressible: (contentType: string) => boolean
  /** Looks at what the client accepts; `null` for no coding. */
  readonly choose: () => Choice | null
}

/** Up to here a body is coded at once: to hand it to another thread would take longer. */
const syncBytes = 16 * 1024

/** A `send` that compresses. It keeps the head back until the first of the body shows how the answer is sent. */
export class CompressingSend {
  readonly send: Send = (message) => this.#take(message)
  readonly #inner: Send
  readonly #settings: CompressingSettings
  /** The head that waits for the body. */
  #start: HTTPResponseStartMessage | null = null
  #coder: Coder | null = null
  /** What the next message waits for: pieces are coded in turn, even when nobody awaits them. */
  #last: Promise<void> = settled

  constructor(inner: Send, settings: CompressingSettings) {
    this.#inner = inner
    this.#settings = settings
  }

  /** Waits for the end of a call, and for what it has not awaited itself, and frees what is left then. */
  until(done: Promise<void>): Promise<void> {
    return done.then(
      () => (this.#last === settled ? settled : this.#last.finally(() => this.#coder?.release())),
      (error: unknown) => {
        this.#last.catch(() => {})
        this.#coder?.release()
        throw error
      },
    )
  }

  #take(message: SendMessage): Promise<void> {
    if (message.type === 'http.response.start') return this.#begin(message)
    if (this.#start !== null) return this.#decide(this.#start, message)
    return this.#coder === null || message.type !== 'http.response.body'
      ? this.#inTurn(message)
      : this.#piece(this.#coder, message)
  }

  #begin(message: HTTPResponseStartMessage): Promise<void> {
    this.#start = null
    const fields = fieldsOf(message)
    if (fields === null || !mayBeCoded(message.status, fields, this.#settings.compressible)) return this.#inner(message)
    this.#start = startWith(message, fields)
    return settled
  }

  /** Sends the head that was kept back, and the message that showed how. */
  #decide(start: HTTPResponseStartMessage, message: SendMessage): Promise<void> {
    if (message.type === 'http.response.early_hint' || message.type === 'http.response.debug') {
      return this.#inner(message)
    }
    this.#start = null
    const fields = start.headers as Headers
    const choice =
      message.type === 'http.response.body' && this.#isWorthIt(fields, message) ? this.#settings.choose() : null
    if (choice === null) return this.#both(startWith(start, varyingFields(fields)), message)
    const body = message as HTTPResponseBodyMessage
    if (this.#settings.head) return this.#both(startWith(start, codedFields(fields, choice.encoding, null)), message)
    if (body.more_body !== true && start.trailers !== true) return this.#whole(start, body, choice)
    this.#coder = new Coder(choice.coding, choice.level)
    const started = this.#inner(startWith(start, codedFields(fields, choice.encoding, null)))
    const piece = this.#piece(this.#coder, body)
    return started === settled ? piece : Promise.all([started, piece]).then(() => {})
  }

  #isWorthIt(fields: Headers, { body, more_body: more }: HTTPResponseBodyMessage): boolean {
    const announced = fields.get('content-length')
    if (announced !== null) return Number(announced) >= this.#settings.minimumBytes && Number(announced) > 0
    return more === true || this.#settings.head || lengthOf(body) >= Math.max(this.#settings.minimumBytes, 1)
  }

  #whole(start: HTTPResponseStartMessage, message: HTTPResponseBodyMessage, choice: Choice): Promise<void> {
    const body = bytesOf(message.body)
    const finish = (coded: Uint8Array): Promise<void> => {
      const headers = codedFields(start.headers as Headers, choice.encoding, coded.length)
      return this.#both(startWith(start, headers), { ...message, body: coded })
    }
    if (body.length <= syncBytes) return finish(choice.coding.wholeSync(body, choice.level))
    return (this.#last = choice.coding.whole(body, choice.level).then(finish))
  }

  #piece(coder: Coder, message: HTTPResponseBodyMessage): Promise<void> {
    const body = bytesOf(message.body)
    const last = message.more_body !== true
    this.#last = this.#last.then(async () => {
      const coded = await (last ? coder.end(body) : coder.push(body))
      if (last || coded.length > 0) await this.#inner({ ...message, body: coded })
    })
    return this.#last
  }

  #both(start: HTTPResponseStartMessage, message: SendMessage): Promise<void> {
    const started = this.#inner(start)
    return started === settled ? this.#inner(message) : started.then(() => this.#inner(message))
  }

  /** Sends what is no part of the body after the pieces before it. */
  #inTurn(message: SendMessage): Promise<void> {
    return this.#last === settled ? this.#inner(message) : this.#last.then(() => this.#inner(message))
  }
}

/** Returns `null` for fields that cannot be sent: whoever is asked to send them says why. */
function fieldsOf({ headers }: HTTPResponseStartMessage): Headers | null {
  try {
    return Headers.from(headers ?? [])
  } catch {
    return null
  }
}

function lengthOf(body: Content | null | undefined): number {
  return typeof body === 'string' ? Buffer.byteLength(body) : (body?.length ?? 0)
}

function bytesOf(body: Content | null | undefined): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body) : (body ?? new Uint8Array())
}
