import { goesOn } from '../request/call-end.ts'
import type { EndingScope } from '../request/call-end.ts'
import type { ChunkSource } from './chunk-source.ts'

/**
 * Cancels a source that may take its time, or never answer: only what is cleared away at the end of the call waits for it. Its
 * failure has nobody left to be reported to.
 */
export function abandon(source: ChunkSource, scope: object & EndingScope, reason?: unknown): void {
  goesOn(scope, cancelled(source, reason))
}

async function cancelled(source: ChunkSource, reason: unknown): Promise<void> {
  try {
    await source.cancel(reason)
  } catch {}
}
