import { withoutSpace } from '../http/optional-space.ts'
import { canonicalName } from '../spec/field-syntax.ts'
import type { Refusal } from './request-head.ts'

/** The fields of a request to open a WebSocket, as far as its syntax is concerned. */
export interface HandshakeFields {
  readonly method: string
  readonly version: string | undefined
  readonly key: string | undefined
  readonly protocol: string | undefined
  readonly hasBody: boolean
}

/** What a handshake comes to: the subprotocols that the client offers, or a refusal. */
export type Handshake = { readonly subprotocols: readonly string[] } | Refusal

const keySyntax = /^[+/0-9A-Za-z]{22}==$/

/** Checks a request to open a WebSocket. @see https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1 */
export function readHandshake({ method, version, key, protocol, hasBody }: HandshakeFields): Handshake {
  if (method !== 'GET') return { status: 405, text: 'A WebSocket handshake is a GET request', fields: ['allow', 'GET'] }
  if (version !== '13') {
    return {
      status: 426,
      text: 'Unsupported Sec-WebSocket-Version',
      fields: ['sec-websocket-version', '13', 'upgrade', 'websocket'],
    }
  }
  if (key === undefined || !keySyntax.test(key)) return refused('Missing or invalid Sec-WebSocket-Key header')
  if (hasBody) return refused('A WebSocket handshake has no body')
  const subprotocols = readSubprotocols(protocol)
  return subprotocols === null ? refused('Invalid Sec-WebSocket-Protocol header') : { subprotocols }
}

function refused(text: string): Refusal {
  return { status: 400, text }
}

function readSubprotocols(value: string | undefined): readonly string[] | null {
  if (value === undefined) return []
  const names = value.split(',').map(withoutSpace)
  const valid = names.every((name) => canonicalName(name) !== null) && new Set(names).size === names.length
  return valid ? names : null
}
