import type { Content } from '../spec/messages.ts'

/** The length of content in bytes: a string counts as UTF-8. */
export function byteLength(content: Content): number {
  return typeof content === 'string' ? Buffer.byteLength(content) : content.length
}

/** Tells whether a value may stand as content. */
export function isContent(value: unknown): value is Content {
  return typeof value === 'string' || value instanceof Uint8Array
}
