import { arktypeMessage, isArktypeIssue } from './arktype-message.ts'
import type { Issue } from './schema.ts'
import { mentions } from './value-mention.ts'

/** What zod and valibot add to an issue. */
interface LibraryIssue extends Issue {
  readonly code?: unknown
  readonly input?: unknown
  readonly expected?: unknown
  readonly received?: unknown
}

/** What JSON.parse says of text holds a piece of it; apps pass that on. */
const parserWords = /"(?:\.\.\.)? is not valid JSON|JSON Parse error: /

/**
 * Returns what an issue says, without the value that was found there: it may be a secret. What the library says by itself is
 * taken apart; another sentence that holds the value gives way to a general one.
 *
 * @param value What was validated, where that is known.
 */
export function issueMessage(issue: Issue, value?: unknown): string {
  const message = libraryMessage(issue, value)
  return parserWords.test(message) ? 'Invalid JSON' : message
}

function libraryMessage(issue: Issue, value: unknown): string {
  if (isArktypeIssue(issue)) return arktypeMessage(issue)
  const { code, received, input, expected } = issue as LibraryIssue
  // zod speaks of types and bounds alone, and of a value only where the app's own words do.
  if (typeof code === 'string') return issue.message
  const message = typeof received === 'string' ? withoutReceived(issue.message, received) : issue.message
  if (message !== issue.message || !(mentions(message, input) || mentions(message, valueAt(value, issue))))
    return message
  return typeof expected === 'string' ? `Invalid value: Expected ${expected}` : 'Invalid value'
}

/** valibot ends its messages with the value. */
function withoutReceived(message: string, received: string): string {
  const ending = [` but received ${received}`, `: Received ${received}`].find((end) => message.endsWith(end))
  return ending === undefined ? message : message.slice(0, -ending.length)
}

/** The value that an issue is about. */
function valueAt(value: unknown, { path = [] }: Issue): unknown {
  let found = value
  for (const step of path) {
    const key = typeof step === 'object' ? step.key : step
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined
    found = (found as Record<PropertyKey, unknown>)[key]
  }
  return found
}
