import { Headers } from '../http/headers.ts'
import type { HTTPScope, WebSocketScope } from '../spec/scope.ts'
import { ClientDisconnected } from '../spec/violations.ts'
import { sendFilePlan } from './file-body.ts'
import type { FileExchange } from './file-body.ts'
import { planFile } from './file-plan.ts'
import type { WholeAnswer } from './file-plan.ts'
import type { OpenFile } from './open-file.ts'

/**
 * Answers a request with an open file, and closes it, whatever happens. Conditions and ranges of a GET or HEAD count when
 * the status is 200. That the client leaves is not an error.
 */
export async function answerWithFile(file: OpenFile, whole: () => WholeAnswer, exchange: FileExchange): Promise<void> {
  try {
    const plan = planFile(file.stats, whole(), conditionalPart(exchange.scope))
    await sendFilePlan(plan, file, exchange)
  } catch (error) {
    if (!(error instanceof ClientDisconnected)) throw error
  } finally {
    await file.close()
  }
}

function conditionalPart(scope: HTTPScope | WebSocketScope): { method: string; headers: Headers } | null {
  if (scope.type !== 'http' || (scope.method !== 'GET' && scope.method !== 'HEAD')) return null
  return { method: scope.method, headers: Headers.from(scope.headers) }
}
