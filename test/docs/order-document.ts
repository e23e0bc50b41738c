import type { Order } from '../../lib/spec/transitions.ts'
import { orders } from '../../lib/spec/transitions.ts'
import type { Protocol } from '../../lib/spec/scope.ts'
import type { Direction } from '../../lib/spec/violations.ts'

const titles: Readonly<Record<Protocol, string>> = { http: 'HTTP', websocket: 'WebSocket', lifespan: 'Lifespan' }
const directions: Readonly<Record<Direction, string>> = {
  receive: 'What `receive` gives',
  send: 'What `send` takes',
}

/** The page on the order of messages, drawn from the tables of `lib/spec/transitions.ts`. */
export function orderDocument(): string {
  const parts = Object.entries(orders).flatMap(([protocol, both]) => [
    `## ${titles[protocol as Protocol]}`,
    ...Object.entries(both).map(([direction, order]) => section(directions[direction as Direction], order)),
  ])
  return `${[head, ...parts].join('\n\n')}\n`
}

const head = `# The order of messages

Drawn from the tables in \`lib/spec/transitions.ts\`, which the server, the \`WebSocket\` object and \`lint\` read; a test keeps this
page equal to them. An event is the type of a message: with " …" when more of the same follows (\`more_body\`,
\`more_trailers\`), with " +trailers" when trailers were announced. An event that is not in the row of a state is a violation.`

function section(title: string, order: Order): string {
  return `### ${title}\n\n${diagram(order)}\n\n${table(order)}`
}

function diagram({ initial, table: rows }: Order): string {
  const id = (state: string): string => state.replace(/[^a-z]+/g, '_')
  const lines = Object.entries(rows).flatMap(([state, events]) => [
    `  state "${state}" as ${id(state)}`,
    ...Object.entries(events).map(([event, next]) => `  ${id(state)} --> ${id(next)}: ${event}`),
  ])
  const last = Object.entries(rows).flatMap(([state, events]) =>
    Object.keys(events).length === 0 ? [`  ${id(state)} --> [*]`] : [],
  )
  return ['```mermaid', 'stateDiagram-v2', `  [*] --> ${id(initial)}`, ...lines, ...last, '```'].join('\n')
}

function table({ table: rows }: Order): string {
  const lines = Object.entries(rows).map(([state, events]) => {
    const allowed = Object.entries(events).map(
      ([event, next]) => `\`${event}\` → ${next === state ? 'the same' : next}`,
    )
    return `| ${state} | ${allowed.length === 0 ? 'nothing' : allowed.join('<br>')} |`
  })
  return ['| state | event → next state |', '|---|---|', ...lines].join('\n')
}
