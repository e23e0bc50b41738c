import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import getExePath from '../../node_modules/typescript/lib/getExePath.js'

/*
 * What the types of routes cost: two apps of the same many routes are checked, one whose paths, names and state the
 * compiler knows, and one where it knows nothing. Run as a program it prints both.
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
  for (const typed of [false, true]) {
    const { seconds, instantiations, types, errors } = checkTypes(appSource(count, { typed }))
    const what = `${count} ${typed ? 'typed' : 'untyped'} routes`
    console.log(`${what}: ${seconds} s, ${instantiations} instantiations, ${types} types ${errors}`)
  }
}
