import type { Issue } from './schema.ts'

/** One thing that is wrong with a request. */
export interface FieldError {
  /** The part of the request, or `message` for a message of a WebSocket. */
  readonly in: 'path' | 'query' | 'headers' | 'cookies' | 'body' | 'form' | 'message'
  /** Where in that part; empty for the whole of it. */
  readonly path: readonly (string | number)[]
  readonly message: string
  /** What kind of error it is, in the words of the library of schemas. */
  readonly code: string
}

/** What libraries add to an issue. */
interface LibraryIssue extends Issue {
  readonly code?: unknown
  readonly type?: unknown
  readonly kind?: unknown
  readonly received?: unknown
  readonly actual?: unknown
}

/** The client chooses names of fields, and some libraries name them: an answer need not be longer for it. */
const maxTextLength = 200

/** More errors than anybody reads; a long array may have one in each of its items. */
const maxErrors = 100

/** Returns what is wrong with a part, without the values that were found there: they may be secrets. */
export function fieldErrors(part: FieldError['in'], issues: readonly Issue[]): FieldError[] {
  return issues.slice(0, maxErrors).map((issue) => ({
    in: part,
    path: pathOf(issue),
    message: shortened(messageOf(issue)),
    code: codeOf(issue),
  }))
}

function pathOf({ path = [] }: Issue): (string | number)[] {
  return path.map((step) => {
    const key = typeof step === 'object' ? step.key : step
    return typeof key === 'number' ? key : shortened(String(key))
  })
}

/** valibot and arktype end a message with the value that they found. */
function messageOf({ message, received, actual }: LibraryIssue): string {
  if (typeof received === 'string' && message.endsWith(` but received ${received}`)) {
    return message.slice(0, -` but received ${received}`.length)
  }
  const found = typeof actual === 'string' ? ` (was ${actual})` : null
  return found !== null && message.endsWith(found) ? message.slice(0, -found.length) : message
}

function codeOf({ code, type, kind }: LibraryIssue): string {
  if (typeof code === 'string') return code
  return typeof type === 'string' && kind !== undefined ? type : 'invalid'
}

function shortened(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength - 1)}…` : text
}
