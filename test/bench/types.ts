import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import getExePath from '../../node_modules/typescript/lib/getExePath.js'

/*
 * What types cost: two apps of the same many routes are checked, one whose paths, names and state the compiler knows, and
 * one where it knows nothing; then two of the same operations, one with contracts, and one with endpoints that call the
 * schemas by hand. Run as a program it prints all of them.
 */

const root = fileURLToPath(new URL('../../', import.meta.url))

/** What one check of types took. */
export interface TypeCost {
  readonly seconds: number
  readonly instantiations: number
  readonly types: number
  /** What the compiler had to say against the app; empty when it is well. */
  readonly errors: string
}

/** Returns the source of an app with so many routes, every third with a URL that is built. */
export function appSource(routes: number, { typed }: { typed: boolean }): string {
  const numbers = Array.from({ length: routes }, (_, number) => number)
  const literal = (text: string): string => (typed ? `'${text}'` : `text('${text}')`)
  const param = typed ? 'request.pathParams.id.toFixed()' : 'String(request.pathParams["id"])'
  const rows = numbers.map(
    (number) =>
      `  new Route(${literal(`/group${number % 20}/things${number}/{id:int}/{name}`)}, ` +
      `(request) => new PlainTextResponse(${param}), { name: ${literal(`thing${number}`)} }),`,
  )
  const urls = numbers
    .filter((number) => number % 3 === 0)
    .map((number) => `  app.urlPathFor(${literal(`thing${number}`)}, { id: ${number}, name: 'tea' }),`)
  return [
    `import { Application, PlainTextResponse, Route } from 'stelline'`,
    'const text = (value: string): string => value',
    `const routes = [`,
    ...rows,
    typed ? '] as const' : ']',
    `const app = new Application({ routes, lifespan: async () => ({ database: text('main') }) })`,
    'export const urls: string[] = [',
    ...urls,
    ']',
    '',
  ].join('\n')
}

/** Returns the source of an app with so many operations, each with schemas of its own. */
export function operationsSource(operations: number, { typed }: { typed: boolean }): string {
  const numbers = Array.from({ length: operations }, (_, number) => number)
  return [
    `import { Application, ${typed ? 'depends' : 'JSONResponse'} } from 'stelline'`,
    `import { z } from 'zod'`,
    `const user = ${typed ? 'depends' : ''}(() => ({ name: 'x' }))`,
    ...(typed ? [] : ['const text = (value: string): string => value']),
    'const app = new Application()',
    ...numbers.map((number) => (typed ? contractOf(number) : endpointOf(number))),
    'export default app',
    '',
  ].join('\n')
}

function schemasOf(number: number): Readonly<Record<'body' | 'query' | 'created' | 'missing', string>> {
  return {
    body:
      `z.object({ name${number}: z.string().min(1), price: z.number().positive(), tags: z.array(z.string()).optional(), ` +
      `owner: z.object({ id: z.number(), mail: z.email() }), state: z.enum(['a', 'b', 'c${number}']) })`,
    query:
      `z.object({ page: z.number().int().optional(), q${number}: z.string().optional(), ` +
      `sort: z.enum(['up', 'down']).default('up') })`,
    created: `z.object({ name${number}: z.string(), price: z.number(), id: z.number() })`,
    missing: `z.object({ reason${number}: z.string() })`,
  }
}

function contractOf(number: number): string {
  const { body, query, created, missing } = schemasOf(number)
  return [
    `app.post('/group${number % 20}/things${number}/{id:int}', { body: ${body}, query: ${query},`,
    `  dependencies: { user }, responses: { 201: ${created}, 404: ${missing} } },`,
    `async ({ body, query, params, user: owner, reply }) => {`,
    `  if (query.sort === 'down') return reply(404, { reason${number}: owner.name + body.owner.mail })`,
    `  return reply(201, { name${number}: body.name${number}, price: body.price, id: params.id })`,
    '})',
  ].join('\n')
}

function endpointOf(number: number): string {
  const { body, query, created, missing } = schemasOf(number)
  return [
    `app.post(text('/group${number % 20}/things${number}/{id:int}'), async (request) => {`,
    `  const body = ${body}.parse(await request.json())`,
    `  const query = ${query}.parse(Object.fromEntries(request.queryParams))`,
    `  const owner = user()`,
    `  if (query.sort === 'down') {`,
    `    const missing = ${missing}.parse({ reason${number}: owner.name + body.owner.mail })`,
    `    return new JSONResponse(missing, { status: 404 })`,
    '  }',
    `  const id = Number(request.pathParams['id'])`,
    `  const created = ${created}.parse({ name${number}: body.name${number}, price: body.price, id })`,
    `  return new JSONResponse(created, { status: 201 })`,
    '})',
  ].join('\n')
}

/** Checks the types of a source as a project of a user would be checked, and removes it again. */
export function checkTypes(source: string): TypeCost {
  // Below the root, so that the package finds itself by its name.
  mkdirSync(join(root, 'coverage'), { recursive: true })
  const directory = mkdtempSync(join(root, 'coverage', 'types-'))
  try {
    writeFileSync(join(directory, 'app.ts'), source)
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(configuration))
    const { stdout } = spawnSync(getExePath(), ['-p', directory, '--extendedDiagnostics'], {
      cwd: root,
      encoding: 'utf8',
    })
    return {
      seconds: figure(stdout, 'Total time'),
      instantiations: figure(stdout, 'Instantiations'),
      types: figure(stdout, 'Types'),
      errors: (stdout.match(/^.*\bapp\.ts\(.*$/gm) ?? []).join('\n'),
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const configuration = {
  extends: join(root, 'tsconfig.json'),
  compilerOptions: { isolatedDeclarations: false, declaration: false, typeRoots: [join(root, 'node_modules/@types')] },
  include: ['*.ts'],
  exclude: [],
}

function figure(output: string, name: string): number {
  const found = new RegExp(`^${name}: +([\\d.]+)`, 'm').exec(output)
  if (found === null) throw new Error(`Cannot read "${name}" of the compiler: ${output}`)
  return Number(found[1])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const count = Number(process.argv[2] ?? 500)
  for (const [of, source] of Object.entries({ routes: appSource, operations: operationsSource })) {
    for (const typed of [false, true]) {
      const { seconds, instantiations, types, errors } = checkTypes(source(count, { typed }))
      const what = `${count} ${typed ? 'typed' : 'untyped'} ${of}`
      console.log(`${what}: ${seconds} s, ${instantiations} instantiations, ${types} types ${errors}`)
    }
  }
}
