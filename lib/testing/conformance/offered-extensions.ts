import type { Extensions } from '../../spec/extensions.ts'
import type { SendMessage } from '../../spec/messages.ts'
import type { Scope } from '../../spec/scope.ts'
import { ProtocolViolation } from '../../spec/violations.ts'

/** The messages that an app may send only to a server that offers an extension. */
const extensionOf: ReadonlyMap<SendMessage['type'], keyof Extensions> = new Map([
  ['http.response.debug', 'http.response.debug'],
  ['http.response.early_hint', 'http.response.early_hint'],
  ['http.response.pathsend', 'http.response.pathsend'],
  ['http.response.push', 'http.response.push'],
  ['http.response.trailers', 'http.response.trailers'],
  ['http.response.zerocopysend', 'http.response.zerocopysend'],
  ['websocket.http.response.start', 'websocket.http.response'],
  ['websocket.http.response.body', 'websocket.http.response'],
])

/**
 * Checks that a message needs no extension that the scope does not offer.
 *
 * @throws {@link ProtocolViolation} of the application, naming the extension.
 * @see https://asgi.readthedocs.io/en/latest/extensions.html
 */
export function checkOffered(scope: Scope, message: SendMessage): void {
  const extension = neededBy(message)
  if (extension === undefined || (scope.type !== 'lifespan' && isOffered(scope.extensions, extension))) return
  throw new ProtocolViolation(
    'application',
    `Cannot send "${message.type}": scope.extensions does not offer "${extension}", look there before sending`,
  )
}

function neededBy(message: SendMessage): keyof Extensions | undefined {
  if (message.type === 'http.response.start' && message.trailers) return 'http.response.trailers'
  return extensionOf.get(message.type)
}

function isOffered(extensions: Extensions, name: keyof Extensions): boolean {
  return extensions[name] !== undefined && extensions[name] !== null
}
