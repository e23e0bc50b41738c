import type { Answer, ValidationProblem } from './answer.ts'

/** Thrown for an answer with a status that a contract does not declare, or that is no success where one was asked for. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer'
  readonly code = 'STELLINE_UNEXPECTED_ANSWER'
  readonly status: number
  /** The content, read by its media type. */
  readonly data: unknown
  readonly headers: Headers
  readonly response: Response

  /** @param operation What was called, for example `GET /items/{id}`. */
  constructor(operation: string, { status, data, headers, response }: Answer, expected: string) {
    super(`Cannot use the answer to ${operation}: its status is ${status}, expected ${expected}`)
    this.status = status
    this.data = data
    this.headers = headers
    this.response = response
  }

  /** What is wrong with the request, when that is what the server says; else `null`. */
  get problem(): ValidationProblem | null {
    const { data } = this
    return typeof data === 'object' && data !== null && 'errors' in data && Array.isArray(data.errors)
      ? (data as ValidationProblem)
      : null
  }
}
