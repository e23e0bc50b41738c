import type { Issue } from '../endpoint/validation/schema.ts'

/** Thrown for an answer, or a part of a stream or of a WebSocket, whose content is not what the contract says. */
export class InvalidAnswer extends Error {
  override readonly name = 'InvalidAnswer'
  readonly code = 'STELLINE_INVALID_ANSWER'
  /** What the library of schemas says; empty when the content could not even be read. */
  readonly issues: readonly Issue[]

  /** @param what What was received, for example `the answer 200 to GET /items`. */
  constructor(what: string, { why, issues = [], cause }: InvalidAnswerParts) {
    super(`Cannot use ${what}: ${why}`, cause === undefined ? {} : { cause })
    this.issues = issues
  }

  /** For what a schema has found. */
  static of(what: string, issues: readonly Issue[]): InvalidAnswer {
    return new InvalidAnswer(what, {
      why: `it does not fulfil the contract: ${issues.map(lineOf).join('; ')}`,
      issues,
    })
  }
}

/** What an {@link InvalidAnswer} is made of. */
export interface InvalidAnswerParts {
  readonly why: string
  readonly issues?: readonly Issue[]
  readonly cause?: unknown
}

function lineOf({ path = [], message }: Issue): string {
  const steps = path.map((step) => String(typeof step === 'object' ? step.key : step))
  return steps.length === 0 ? message : `${steps.join('.')}: ${message}`
}
