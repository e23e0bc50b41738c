import { Headers } from '../../http/headers.ts'
import { withDefaultFields } from '../../http/message-fields.ts'
import type { MessageFields } from '../../http/message-fields.ts'
import type { Send } from '../../spec/app.ts'
import type { SendMessage } from '../../spec/messages.ts'

/** Tells what fields an answer shall have; `null` for none. */
export type WantedFields = () => Headers | null

/** Wraps a `send` so that answers get fields: responses, and the answers to handshakes. */
export function withAnswerFields(send: Send, wanted: WantedFields): Send {
  return (message) => send(begins(message) ? answerWith(message, wanted()) : message)
}

type AnswerStart = Extract<
  SendMessage,
  { type: 'http.response.start' | 'websocket.accept' | 'websocket.http.response.start' }
>

function begins(message: SendMessage): message is AnswerStart {
  const { type } = message
  return type === 'http.response.start' || type === 'websocket.accept' || type === 'websocket.http.response.start'
}

function answerWith(message: AnswerStart, wanted: Headers | null): SendMessage {
  return wanted === null ? message : { ...message, headers: withWanted(message.headers, wanted) }
}

/** Adds fields to an answer. Its own win; of two cookies of the same name clients keep the last one, so that its own come last. */
export function withWanted(fields: MessageFields, wanted: Headers): Headers {
  const cookies: string[] = []
  const others: string[] = []
  for (const [name, value] of wanted) (name === 'set-cookie' ? cookies : others).push(name, value)
  const { flat } = withDefaultFields(fields, others)
  return cookies.length === 0 ? Headers.fromFlat(flat) : Headers.fromFlat([...cookies, ...flat])
}
