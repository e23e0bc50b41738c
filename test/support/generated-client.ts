import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateApi } from 'swagger-typescript-api'
import getExePath from '../../node_modules/typescript/lib/getExePath.js'
import { run } from '../clients/program.ts'
import type { Outcome } from '../clients/program.ts'

const compilerOptions = {
  target: 'es2022',
  module: 'nodenext',
  lib: ['es2023', 'dom', 'dom.iterable'],
  types: [],
  strict: true,
  skipLibCheck: true,
  rewriteRelativeImportExtensions: true,
  outDir: 'out',
}

/** A program over the client that an independent generator makes of a document. */
export class GeneratedClient implements AsyncDisposable {
  /** What the compiler has to say; empty when all is well. */
  readonly complaints: string
  readonly #directory: string

  private constructor(directory: string, complaints: string) {
    this.#directory = directory
    this.complaints = complaints
  }

  /**
   * Makes the client of a document, and compiles a program beside it.
   *
   * @param program Imports the client from `./api.ts`.
   */
  static async compile(document: unknown, program: string): Promise<GeneratedClient> {
    const spec = JSON.parse(JSON.stringify(document)) as never
    const { files } = await generateApi({ spec, output: false, httpClientType: 'fetch', silent: true })
    const directory = mkdtempSync(join(tmpdir(), 'stelline-client-'))
    writeFileSync(join(directory, 'api.ts'), files[0]!.fileContent)
    writeFileSync(join(directory, 'main.ts'), program)
    writeFileSync(join(directory, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }))
    const { stdout, status } = spawnSync(getExePath(), ['-p', directory], { encoding: 'utf8', cwd: directory })
    return new GeneratedClient(directory, status === 0 ? stdout : stdout || `The compiler ended with ${status}`)
  }

  /** Runs the program with the URL of a server as its argument. */
  run(url: string): Promise<Outcome> {
    return run(process.execPath, [join(this.#directory, 'out', 'main.js'), url])
  }

  [Symbol.asyncDispose](): Promise<void> {
    return rm(this.#directory, { recursive: true, force: true })
  }
}
