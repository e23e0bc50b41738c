import type { ResponseOptions } from '../../response/response.ts'

/** What an answer has besides its status and content. */
export type ReplyOptions = Omit<ResponseOptions, 'status'>

/** A status and a value that the contract makes an answer of. Made by {@link reply}. */
export class Reply<out Status extends number = number, out Value = unknown> {
  readonly status: Status
  readonly value: Value
  readonly options: ReplyOptions | null

  constructor(status: Status, value: Value, options: ReplyOptions | null) {
    this.status = status
    this.value = value
    this.options = options
  }
}

/**
 * Answers with a status that the contract declares, and with the value for it: `reply(201, item, { headers: { location } })`.
 * Without a value it is an answer without content. Endpoints get the same function as `reply`, where the compiler knows which
 * value belongs to which status.
 */
export function reply<const Status extends number>(status: Status): Reply<Status, undefined>
export function reply<const Status extends number, Value>(
  status: Status,
  value: Value,
  options?: ReplyOptions,
): Reply<Status, Value>
export function reply(status: number, value?: unknown, options: ReplyOptions | null = null): Reply {
  return new Reply(status, value, options)
}
