import type { ASGIApp } from 'stelline/spec'

/** Sends every WebSocket message back, text as text. */
export const websocketEcho: ASGIApp = async (scope, receive, send) => {
  if (scope.type !== 'websocket') throw new Error(`Cannot echo a scope of type "${scope.type}"`)
  for (;;) {
    const message = await receive()
    if (message.type === 'websocket.connect') await send({ type: 'websocket.accept' })
    else if (message.type === 'websocket.receive') await send({ ...message, type: 'websocket.send' })
    else return
  }
}
