import type { ExchangeSettings } from '../../../lib/servers/exchange-settings.ts'
import type { OpenFile } from '../../../lib/servers/file-sender.ts'
import type { FlatHeaders, HTTPTransport, ResponseHead } from '../../../lib/servers/http-transport.ts'
import type { Content } from '../../../lib/spec/messages.ts'

/** What a transport was told, in words. */
export type Call = readonly [name: string, ...details: unknown[]]

/** A transport without a connection: it writes down what it is told. */
export class RecordingTransport implements HTTPTransport {
  readonly calls: Call[] = []
  /** False for a peer that does not keep up. */
  keepsUp = true
  /** What is in the files that can be opened. */
  readonly files: Map<string, string> = new Map()
  closedFiles = 0

  /** The names of the calls. */
  get names(): string[] {
    return this.calls.map(([name]) => name)
  }

  earlyHint(links: readonly string[]): void {
    this.calls.push(['earlyHint', links])
  }

  respond({ status, headers, close }: ResponseHead, body: Content | null, length: number): void {
    this.calls.push(['respond', status, headers, close, textOf(body), length])
  }

  start({ status, headers, close }: ResponseHead): void {
    this.calls.push(['start', status, headers, close])
  }

  flush(): void {
    this.calls.push(['flush'])
  }

  write(chunk: Content, length: number): boolean {
    this.calls.push(['write', textOf(chunk), length])
    return this.keepsUp
  }

  end(chunk: Content | null, length: number, trailers: FlatHeaders): void {
    this.calls.push(['end', textOf(chunk), length, trailers])
  }

  async openFile(path: string): Promise<OpenFile> {
    const content = this.files.get(path)
    if (content === undefined) throw new Error(`ENOENT: ${path}`)
    return {
      file: fileOf(content),
      offset: 0,
      count: content.length,
      whole: true,
      close: async () => void this.closedFiles++,
    }
  }

  abort(): void {
    this.calls.push(['abort'])
  }

  readBody(): void {
    this.calls.push(['readBody'])
  }

  pause(): void {
    this.calls.push(['pause'])
  }

  resume(): void {
    this.calls.push(['resume'])
  }
}

/** A file in memory. */
export function fileOf(content: string): OpenFile['file'] {
  const bytes = Buffer.from(content)
  let own = 0
  return {
    async read(buffer, offset, length, position) {
      const from = position ?? own
      const bytesRead = bytes.copy(buffer, offset, from, from + length)
      if (position === null) own += bytesRead
      return { bytesRead }
    },
  }
}

/** Settings without default fields, with a log that can be read. */
export function settings(changes: Partial<ExchangeSettings> = {}): ExchangeSettings & { lines: unknown[][] } {
  const lines: unknown[][] = []
  const note = (...args: unknown[]): void => void lines.push(args)
  return { log: { info: note, warn: note, error: note }, defaultHeaders: [], draining: false, lines, ...changes }
}

/** Resolves when everything that can go on by itself has done so. */
export function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function textOf(content: Content | null): string | null {
  return content === null ? null : Buffer.from(content as string).toString()
}
