import { HTTPException } from '../../exceptions/http-exception.ts'

/** The answer to a form that is malformed or has too many parts. */
export function malformed(detail: string): HTTPException {
  return new HTTPException(400, { detail })
}

/** The answer to a part of a form that is larger than a limit. */
export function oversized(what: string, maxBytes: number): HTTPException {
  return new HTTPException(413, { detail: `${what} is larger than ${maxBytes} bytes` })
}

/** The answer to a body that is declared as something else than a form. */
export function notAForm(detail: string): HTTPException {
  return new HTTPException(415, { detail })
}
