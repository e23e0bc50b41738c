import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Serves a request that asks for a protocol other than WebSocket (h2c, for example) as the ordinary request that it also
 * is. node:http has handed over the bare socket by now, so the request is put back in front of the bytes that follow it,
 * with a `connection` field that does not ask for the upgrade, and the server reads the connection afresh.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-7.8
 */
export function serveWithoutUpgrade(server: Server, request: IncomingMessage, rest: Buffer): void {
  const { socket, rawHeaders } = request
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`]
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    const value = rawHeaders[i + 1]!
    lines.push(`${name}: ${asksForUpgrade.has(name.toLowerCase()) ? withoutUpgrade(value) : value}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), rest]))
  server.emit('connection', socket satisfies Socket)
}

/** The fields that the parser of node:http looks into. */
const asksForUpgrade: ReadonlySet<string> = new Set(['connection', 'proxy-connection'])

function withoutUpgrade(connection: string): string {
  const options = connection.split(',').map((option) => option.trim())
  return options.filter((option) => option.toLowerCase() !== 'upgrade').join(', ')
}
