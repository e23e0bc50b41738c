import type { ResponseOptions } from '../../response/response.ts'
import type { DeclaredAnswer } from './declared-answer.ts'
import type { ReplyOptions } from './reply.ts'

/** Returns the options of a response that is declared; a media type of the reply wins. */
export function answerOptions({ status, mediaType }: DeclaredAnswer, options: ReplyOptions | null): ResponseOptions {
  return mediaType === null ? { status, ...options } : { status, mediaType, ...options }
}
