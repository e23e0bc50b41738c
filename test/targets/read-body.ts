import type { Receive } from 'stelline/spec'

/** Reads a request's body to its end. */
export async function readBody(receive: Receive): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for (;;) {
    const message = await receive()
    if (message.type !== 'http.request') return Buffer.concat(chunks)
    if (message.body) chunks.push(message.body)
    if (!message.more_body) return Buffer.concat(chunks)
  }
}
