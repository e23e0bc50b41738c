/** Returns the source of so many contracts, every third of which a client calls; or which it does not know. */
export function clientSource(contracts: number, { called }: { called: boolean }): string {
  const numbers = Array.from({ length: contracts }, (_, number) => number)
  const rows = numbers.map(
    (number) =>
      `  thing${number}: contract('POST', '/group${number % 20}/things${number}/{id:int}', ` +
      `{ body: Thing, query: Page, responses: { 201: Thing, 404: Problem } }),`,
  )
  const calls = numbers
    .filter((number) => number % 3 === 0)
    .map(
      (number) =>
        `  client.thing${number}({ params: { id: ${number} }, body: { name: 'tea', price: 3 } })` +
        `.then((answer) => (answer.status === 201 ? answer.data.price : answer.data))`,
    )
  const client = `const client = createClient({ ...contracts }, { baseUrl: '/api' })`
  return [
    // Below the root, where the compiler finds the sources.
    `import { contract${called ? ', createClient' : ''} } from '../../lib/client/index.ts'`,
    `import { z } from 'zod'`,
    'const Thing = z.object({ name: z.string(), price: z.number(), tags: z.array(z.string()).optional() })',
    'const Page = z.object({ page: z.number().optional() })',
    'const Problem = z.object({ reason: z.string() })',
    'export const contracts = {',
    ...rows,
    '}',
    ...(called
      ? [client, 'export const answers: Promise<unknown>[] = [', ...calls.map((call) => `${call},`), ']']
      : []),
    '',
  ].join('\n')
}
