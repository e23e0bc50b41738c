/** What the benchmark uses of polka 0.5, which has no types of its own. */
declare module 'polka' {
  import type { IncomingMessage, Server, ServerResponse } from 'node:http'

  export interface PolkaRequest extends IncomingMessage {
    readonly params: Readonly<Record<string, string>>
  }

  export type PolkaHandler = (request: PolkaRequest, response: ServerResponse, next: () => void) => unknown

  export interface Polka {
    get(path: string, handler: PolkaHandler): Polka
    post(path: string, handler: PolkaHandler): Polka
    use(handler: PolkaHandler): Polka
    readonly server: Server
    listen(port: number, host: string, onListening: () => void): Polka
  }

  export default function polka(): Polka
}
