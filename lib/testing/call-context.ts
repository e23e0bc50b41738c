import type { TestResponse } from './test-response.ts'

/** What a call of the app needs to know of the client that makes it. */
export interface CallContext {
  readonly url: string
  /** The redirects that led here. */
  readonly history: readonly TestResponse[]
  /** Whether an error of the app becomes an error of the test, or an answer as a server gives it. */
  readonly raiseServerErrors: boolean
  /** Above this many unread bytes a sender waits. */
  readonly unreadLimitBytes: number
}
