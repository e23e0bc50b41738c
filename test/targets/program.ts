import { setTimeout as sleep } from 'node:timers/promises'
import type { ASGIApp, HeaderPairs, Message, Receive, Scope, Send, SendMessage } from 'stelline/spec'

/** One step of a program: its name and its arguments. */
type Step = readonly [name: string, ...args: unknown[]]

/** What a running program knows. */
interface Run {
  readonly scope: Scope
  readonly receive: Receive
  readonly send: Send
  /** What the app has received so far, in a form fit for JSON. */
  readonly got: unknown[]
}

/** What programs that gave a log name have received, by that name. */
const logs = new Map<string, unknown[]>()

/** Interprets the program in the request header `x-asgi`: base64url of a JSON list of steps. */
export const program: ASGIApp = async (scope, receive, send) => {
  if (scope.type === 'lifespan') return lifespan(receive, send)
  const headers = new Map(scope.headers)
  const source = headers.get('x-asgi')
  const steps: Step[] = source === undefined ? [['scope']] : JSON.parse(Buffer.from(source, 'base64url').toString())
  const run: Run = { scope, receive, send, got: logOf(headers.get('x-log')) }
  for (const [name, ...args] of steps) if ((await stepNamed(name)(run, ...args)) === stop) return
}

async function lifespan(receive: Receive, send: Send): Promise<void> {
  for (;;) {
    const { type } = await receive()
    await send({ type: type === 'lifespan.startup' ? 'lifespan.startup.complete' : 'lifespan.shutdown.complete' })
    if (type === 'lifespan.shutdown') return
  }
}

function logOf(name: string | undefined): unknown[] {
  if (name === undefined) return []
  const log = logs.get(name) ?? []
  logs.set(name, log)
  return log
}

const stop = Symbol('stop')
type Action = (run: Run, ...args: unknown[]) => Promise<unknown>

const actions: Readonly<Record<string, Action>> = {
  async send({ send, got }, message, mayFail) {
    const given = messageFrom(message as Record<string, unknown>)
    try {
      await send(given)
    } catch (error) {
      got.push({ 'send-error': given.type })
      if (mayFail === undefined) throw error
    }
  },
  async receive({ receive, got }) {
    got.push(described(await receive()))
  },
  async body(run) {
    run.got.push(await bodyOf(run))
  },
  async sleep(_run, ms) {
    await sleep(ms as number)
  },
  async raise() {
    throw new Error('prog')
  },
  async scope({ scope, send }) {
    await reply(send, described(scope))
  },
  async got({ got, send }) {
    await reply(send, got)
  },
  async log({ send }, name) {
    await reply(send, logs.get(name as string) ?? [])
  },
  async 'ws-echo'({ receive, send, got }) {
    for (;;) {
      const message = await receive()
      got.push(described(message))
      if (message.type !== 'websocket.receive') return
      await send({ ...message, type: 'websocket.send' })
    }
  },
  async 'ws-scope'({ scope, send }) {
    await send({ type: 'websocket.send', text: JSON.stringify(described(scope)) })
  },
  async return() {
    return stop
  },
}

function stepNamed(name: string): Action {
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (action === undefined)
    throw new Error(`Cannot run step "${name}": expected one of ${Object.keys(actions).join(', ')}`)
  return action
}

async function bodyOf({ receive, got }: Run): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let events = 0
  for (;;) {
    const message = await receive()
    if (message.type !== 'http.request') {
      got.push(described(message))
      break
    }
    events++
    if (message.body) chunks.push(message.body)
    if (!message.more_body) break
  }
  const body = Buffer.concat(chunks)
  return { body: body.length < 5000 ? { b: body.toString('latin1') } : null, len: body.length, events }
}

async function reply(send: Send, value: unknown): Promise<void> {
  await send({ type: 'http.response.start', status: 200, headers: [['content-type', 'application/json']] })
  await send({ type: 'http.response.body', body: JSON.stringify(value) })
}

/** A program writes bytes as latin-1 text, and a long body as a short one that is repeated. */
function messageFrom(source: Record<string, unknown>): SendMessage {
  const message = { ...source }
  for (const key of ['body', 'bytes']) {
    const value = message[key]
    if (typeof value === 'string') message[key] = Buffer.from(value.repeat(Number(source['repeat'] ?? 1)), 'latin1')
  }
  return message as unknown as SendMessage
}

/** The keys of scopes and messages that a description shows. Those that hold bytes are marked as such. */
const byteKeys: ReadonlySet<string> = new Set(['raw_path', 'query_string', 'body', 'bytes'])
const textKeys: ReadonlySet<string> = new Set(
  'type asgi http_version method scheme path root_path client server subprotocols more_body text code reason'.split(
    ' ',
  ),
)

function described(value: Scope | Message): Record<string, unknown> {
  const description: Record<string, unknown> = {}
  for (const [key, content] of Object.entries(value)) {
    if (key === 'headers') description[key] = [...(content as HeaderPairs)].map((pair) => pair.map(bytes))
    else if (byteKeys.has(key)) description[key] = bytes(content)
    else if (textKeys.has(key)) description[key] = content
  }
  return description
}

function bytes(content: string | Uint8Array | null | undefined): { b: string } | null {
  if (content === null || content === undefined) return null
  return { b: typeof content === 'string' ? content : Buffer.from(content).toString('latin1') }
}
