import type { ASGIApp } from '../spec/app.ts'
import type { HTTPScope } from '../spec/scope.ts'
import { show } from '../spec/violations.ts'
import type { FrameworkScope } from './connection.ts'

/**
 * Bounds on the bodies of requests, for every reading that names none of its own. Nearer limits win over those further out,
 * and the options of a reading over both.
 */
export interface BodyLimits {
  /** In bytes; a larger body is answered with 413. It holds for `stream()` and multipart forms too, which have other defaults. */
  readonly maxBodyBytes?: number
  /** How long a client may pause in the middle of a body, in milliseconds; a longer pause is answered with 408. */
  readonly bodyTimeoutMs?: number
}

/**
 * Sets limits for whatever reads the body further in.
 *
 * @throws TypeError for a limit that is none: it must not switch itself off.
 */
export function withBodyLimits(app: ASGIApp, { maxBodyBytes, bodyTimeoutMs }: BodyLimits): ASGIApp {
  if (maxBodyBytes !== undefined && !(typeof maxBodyBytes === 'number' && maxBodyBytes >= 0)) {
    throw refusal('maxBodyBytes', maxBodyBytes, 'a number of bytes')
  }
  if (bodyTimeoutMs !== undefined && !(typeof bodyTimeoutMs === 'number' && bodyTimeoutMs > 0)) {
    throw refusal('bodyTimeoutMs', bodyTimeoutMs, 'milliseconds above 0')
  }
  return (scope, receive, send) => {
    if (scope.type === 'http') {
      const limited: HTTPScope & FrameworkScope = scope
      if (maxBodyBytes !== undefined) limited.max_body_bytes = maxBodyBytes
      if (bodyTimeoutMs !== undefined) limited.body_timeout_ms = bodyTimeoutMs
    }
    return app(scope, receive, send)
  }
}

function refusal(name: string, value: unknown, wanted: string): TypeError {
  return new TypeError(`Cannot limit bodies: ${name} is ${show(value)}, expected ${wanted}`)
}
