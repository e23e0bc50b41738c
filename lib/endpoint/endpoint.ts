import type { Request } from '../request/request.ts'
import type { WebSocket } from '../request/websocket.ts'
import type { Response } from '../response/response.ts'

/** The platform's own `Response`. */
export type FetchResponse = globalThis.Response

/** What an endpoint may return. */
export type EndpointResult = Response | FetchResponse

/** Answers a request. */
export type Endpoint<Params = Record<string, unknown>, State = Record<string, unknown>> = (
  request: Request<Params, State>,
) => EndpointResult | Promise<EndpointResult>

/** Talks to the peer of a WebSocket. It is closed with code 1000 when the endpoint returns before it was closed. */
export type WebSocketFunction<Params = Record<string, unknown>, State = Record<string, unknown>> = (
  websocket: WebSocket<Params, State>,
) => void | Promise<void>
