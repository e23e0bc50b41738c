import { issueMessage } from './issue-message.ts'
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

/** The client chooses names of fields, and some libraries name them: an answer need not be longer for it. */
const maxTextLength = 200

/** More errors than anybody reads; a long array may have one in each of its items. */
export const maxErrors = 100

/**
 * Returns what is wrong with a part, without the values that were found there: they may be secrets.
 *
 * @param value What was validated.
 */
export function fieldErrors(part: FieldError['in'], issues: readonly Issue[], value?: unknown): FieldError[] {
  return issues.slice(0, maxErrors).map((issue) => ({
    in: part,
    path: issuePath(issue),
    message: shortened(issueMessage(issue, value)),
    code: codeOf(issue),
  }))
}

/** Says in a line what is wrong where, without the value that was found. */
export function issueLine(issue: Issue): string {
  const path = issuePath(issue)
  const message = shortened(issueMessage(issue))
  return path.length === 0 ? message : `${path.join('.')}: ${message}`
}

function issuePath({ path = [] }: Issue): (string | number)[] {
  return path.map((step) => {
    const key = typeof step === 'object' ? step.key : step
    return typeof key === 'number' ? key : shortened(String(key))
  })
}

function codeOf(issue: Issue): string {
  const { code, type, kind } = issue as Issue & { readonly [name in 'code' | 'type' | 'kind']?: unknown }
  if (typeof code === 'string') return code
  return typeof type === 'string' && kind !== undefined ? type : 'invalid'
}

function shortened(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength - 1)}…` : text
}
