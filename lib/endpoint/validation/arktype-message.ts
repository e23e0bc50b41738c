import type { Issue } from './schema.ts'
import { mentions } from './value-mention.ts'

/** An error of arktype 2. */
interface ArktypeIssue extends Issue {
  readonly code: string
  /** What was found. */
  readonly data: unknown
  /** Where it was found, as arktype writes it. */
  readonly propString: string
  /** What is wanted there. */
  readonly expected: string
  /** What was found, in words. */
  readonly actual: string
  /** What is wrong, of which the message is made: what is wanted, and what was found. */
  readonly problem: string
  /** What the error was made of. */
  readonly input?: { readonly expected?: unknown }
  /** Those that are told together: all of an intersection, or one for each branch of a union. */
  readonly errors?: readonly ArktypeIssue[]
}

/** Tells whether an issue comes of arktype. */
export function isArktypeIssue(issue: Issue): issue is ArktypeIssue {
  return 'problem' in issue && 'propString' in issue && 'data' in issue
}

/** Returns what an error of arktype says, without the value that it found. */
export function arktypeMessage(issue: ArktypeIssue): string {
  const { message, problem, propString: place } = issue
  const isOwn = message !== problem && message !== `${place} ${problem}` && message !== `value at ${problem}`
  if (isOwn && !mentions(message, issue.data)) return message
  return sentenceOf(issue)
}

function sentenceOf(issue: ArktypeIssue): string {
  if (issue.code === 'union' && issue.errors !== undefined) return once(issue.errors.map(sentenceOf)).join(' or ')
  return `${issue.propString} ${problemOf(issue)}`.trim()
}

function problemOf(issue: ArktypeIssue): string {
  const { code, errors, problem, expected, actual, input, data } = issue
  if (code === 'intersection' && errors !== undefined) return once(errors.map(problemOf)).join(' and ')
  const wanted = `must be ${expected}`
  // Nothing was found there.
  if (code === 'required') return problem
  const isOwn = input?.expected === undefined && problem !== wanted && problem !== `${wanted} (was ${actual})`
  return isOwn && !mentions(problem, data) ? problem : wanted
}

function once(sentences: readonly string[]): string[] {
  return [...new Set(sentences)]
}
