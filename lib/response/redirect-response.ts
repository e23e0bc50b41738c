import { encodeText } from '../http/percent-encoding.ts'
import { show } from '../spec/violations.ts'
import { Response } from './response.ts'
import type { ResponseOptions } from './response.ts'

/** How a client is sent elsewhere. */
export interface RedirectOptions extends Omit<ResponseOptions, 'mediaType'> {
  /** 301, 302, 303, 307 or 308. Default 307, which keeps the method and the body. */
  status?: number
  /** Allows a target that begins with `//`, which leads to another host under the present scheme. Default false. */
  allowOtherAuthority?: boolean
}

const statuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
// oxlint-disable-next-line no-control-regex -- refusing control characters is the purpose
const controls = /[\0-\x1f\x7f]/
const unsafe = /[^\w\-.~:/%#?=@[\]!$&'()*+,;]+/g

/**
 * Sends the client to another URL: a path, a relative reference or an absolute URL. Characters that a URL cannot hold
 * are percent-encoded; there is no body.
 *
 * A target taken from user input may not name another host by stealth: `//host`, `\host`, `/\host` and control
 * characters are refused. A target with a scheme is taken as meant; check those that come from users.
 *
 * @throws TypeError for such a target and for a status that is no redirection.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-15.4
 */
export class RedirectResponse extends Response {
  constructor(target: string | URL, options: RedirectOptions = {}) {
    const status = options.status ?? 307
    if (!statuses.has(status))
      throw refusal(target, `the status is ${show(status)}, expected 301, 302, 303, 307 or 308`)
    const location = locationOf(target, options.allowOtherAuthority === true)
    super(null, { ...options, status })
    this.headers.set('location', location)
  }
}

function locationOf(target: string | URL, allowOtherAuthority: boolean): string {
  if (target instanceof URL) return target.href
  if (typeof target !== 'string') throw refusal(target, 'expected a string or a URL')
  if (controls.test(target)) throw refusal(target, 'it contains control characters')
  if (/^\/?\\/.test(target)) throw refusal(target, 'browsers read the backslash as a slash, so it names another host')
  if (target.startsWith('//') && !allowOtherAuthority) {
    throw refusal(target, 'it names another host; give the whole URL, or the option allowOtherAuthority')
  }
  return encodeText(target, unsafe)
}

function refusal(target: unknown, why: string): TypeError {
  return new TypeError(`Cannot redirect to ${show(target)}: ${why}`)
}
