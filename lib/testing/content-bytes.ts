import type { Content } from '../spec/messages.ts'

/** Returns content as bytes of the test's own: the app may use its buffer again once `send` has resolved. */
export function contentBytes(content: Content): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content)
}
