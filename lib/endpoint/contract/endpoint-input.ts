import { CallInput } from '../dependencies/connection-call.ts'
import { reply } from './reply.ts'

/** What an endpoint gets: what every dependency gets, and a way to answer with a status. */
export class EndpointInput extends CallInput {
  get reply(): typeof reply {
    return reply
  }
}
