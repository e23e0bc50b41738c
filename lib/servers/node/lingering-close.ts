import type { Socket } from 'node:net'

/** How long a client may go on sending, or take to read the rest, after the server has said its last word. */
const lingerMs = 2000

/**
 * Closes a connection on which the client may still be sending. Closing it at once would make the system reset it, and
 * the reset can overtake the answer: so the writing side is closed first, and what arrives is thrown away for a while.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9112#section-9.6
 */
export function lingeringClose(socket: Socket): void {
  if (socket.destroyed) return
  const timer = setTimeout(() => socket.destroy(), lingerMs)
  socket.once('close', () => clearTimeout(timer))
  throwAwayInput(socket)
  socket.end()
}

/** Lets what arrives on a socket flow away unread, past any parser. That the client leaves is still noticed. */
export function throwAwayInput(socket: Socket): void {
  socket.removeAllListeners('data')
  // A listener also takes the socket back from the parser of node:http, which else reads it below the stream.
  socket.on('data', () => {})
  socket.resume()
}
