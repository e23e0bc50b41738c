import { Headers, MutableHeaders } from '../http/headers.ts'
import type { HeadersInit } from '../http/headers.ts'
import { show } from '../spec/violations.ts'
import { CookieJar } from './cookie-jar.ts'
import type { RequestTarget } from './request-target.ts'

/** The fields that a client sends unless it is told otherwise. */
export function defaultHeaders(target: RequestTarget): HeadersInit {
  return [
    ['host', target.host],
    ['user-agent', 'testclient'],
    ['accept', '*/*'],
  ]
}

/** Lays fields over one another: a name of a later layer replaces that name in the earlier ones. */
export function layeredHeaders(layers: readonly HeadersInit[]): MutableHeaders {
  const merged = new MutableHeaders()
  for (const layer of layers) {
    const headers = new Headers(layer)
    for (const name of headers.keys()) merged.delete(name)
    for (const [name, value] of headers) merged.append(name, value)
  }
  return merged
}

/** The fields that a test gives for one request, in their own terms and in others. */
export interface OwnFields {
  readonly headers?: HeadersInit
  readonly auth?: readonly [user: string, password: string]
}

/**
 * Returns the fields of one request.
 *
 * @throws TypeError for a user's name with a colon, which would end it, and for control characters.
 * @see https://www.rfc-editor.org/rfc/rfc7617#section-2
 */
export function ownHeaders({ headers, auth }: OwnFields): MutableHeaders {
  const own = new MutableHeaders(headers)
  if (auth === undefined) return own
  const [user, password] = auth
  // oxlint-disable-next-line no-control-regex -- refusing control characters is the purpose
  if (user.includes(':') || /[\0-\x1f\x7f]/.test(user + password)) {
    throw new TypeError(
      `Cannot authenticate as ${show(user)}: a name has no colon, and neither part control characters`,
    )
  }
  own.set('authorization', `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`)
  return own
}

/**
 * Adds the cookies of one request to those that the client keeps for its URL.
 *
 * @throws TypeError for a name or a value that would not stay whole in the field.
 */
export function cookieField(kept: string | null, own: Readonly<Record<string, string>>, url: string): string | null {
  const names = Object.keys(own)
  const others = (kept ?? '').split('; ').filter((pair) => pair !== '' && !names.includes(pair.split('=')[0]!))
  const jar = new CookieJar()
  for (const name of names) jar.set(url, name, own[name]!)
  const added = jar.header(url)
  return [...others, ...(added === null ? [] : [added])].join('; ') || null
}
