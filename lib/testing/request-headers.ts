import { Headers, MutableHeaders } from '../http/headers.ts'
import type { HeadersInit } from '../http/headers.ts'
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
