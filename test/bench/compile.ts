import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Builds the package into `dist/`. */
export function buildPackage(root: string): void {
  compile(root, 'tsconfig.build.json')
}

/**
 * Compiles the servers into a directory that stands in for the package, and returns it. What is measured then runs without
 * a loader of TypeScript, which costs 30 MB, and uses `dist/`. The directory is removed when the process ends.
 */
export function compileServers(root: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'stelline-bench-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  for (const name of ['dist', 'node_modules']) symlinkSync(join(root, name), join(directory, name), 'junction')
  copyFileSync(join(root, 'package.json'), join(directory, 'package.json'))
  const sources = join(root, 'test/bench')
  const configuration = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: false,
      noEmitOnError: true,
      isolatedDeclarations: false,
      customConditions: [],
      typeRoots: [join(root, 'node_modules/@types')],
      rootDir: sources,
      outDir: join(directory, 'bench'),
    },
    // Nothing that reads the sources of the package: the compiler would write beside them.
    include: ['server-process.ts', 'middleware-calls.ts', 'polka.d.ts', 'targets'].map((name) => join(sources, name)),
    exclude: [],
  }
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(configuration))
  compile(root, join(directory, 'tsconfig.json'))
  return join(directory, 'bench')
}

function compile(root: string, project: string): void {
  const { status } = spawnSync('npx', ['tsc', '-p', project], { cwd: root, stdio: 'inherit' })
  if (status !== 0) throw new Error(`Cannot measure: ${project} does not compile`)
}
