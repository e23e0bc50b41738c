import type { SendMessage } from '../../spec/messages.ts'
import { Headers } from '../../http/headers.ts'

/** The keys of sent messages that may hold any iterable. */
const iterableKeys = ['headers', 'links'] as const

/**
 * Returns a message whose iterables can be read more than once, so that a check leaves them to their reader. A message
 * that holds only arrays and {@link Headers} is returned as it is.
 */
export function repeatable(message: SendMessage): SendMessage {
  if (typeof message !== 'object' || message === null) return message
  const values = message as unknown as Readonly<Record<string, unknown>>
  let copy: Record<string, unknown> | null = null
  for (const key of iterableKeys) {
    const value = values[key]
    if (Array.isArray(value) || value instanceof Headers || !isIterable(value)) continue
    copy ??= { ...message }
    copy[key] = [...value]
  }
  return copy === null ? message : (copy as unknown as SendMessage)
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value
}
