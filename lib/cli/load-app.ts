import { spawnSync } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { toApp } from '../spec/app.ts'
import type { AppLike, ASGIApp } from '../spec/app.ts'
import { AppLoadFailed } from './app-load-failed.ts'
import { prepareForTypeScript, typescriptSupport } from './typescript-support.ts'
import type { TypeScriptSupport } from './typescript-support.ts'

/** How to find an app. */
export interface LoadOptions {
  /** Whether the export is a function that makes the app; it is called without arguments and may be async. */
  readonly factory?: boolean
  /** The directory that a relative module is found in. Default: that of the process. */
  readonly directory?: string
  /** What reads TypeScript modules. Default: what this process has. */
  readonly typescript?: TypeScriptSupport
}

/** The exports that are looked at, in this order, when none is named. */
const usualExports = ['default', 'app']

/**
 * Imports the app that `MODULE[:EXPORT]` names.
 *
 * @throws {@link AppLoadFailed} saying what was attempted; with a cause when the app's own code failed.
 */
export async function loadApp(reference: string, options: LoadOptions = {}): Promise<ASGIApp> {
  const { what, value } = await loadExport(reference, options)
  return appOf(what, value)
}

/** An export of a module, and how messages call it. */
export interface LoadedExport {
  readonly what: string
  readonly value: unknown
}

/**
 * Imports what `MODULE[:EXPORT]` names as it is, or as a factory makes it.
 *
 * @throws {@link AppLoadFailed} as {@link loadApp} does.
 */
export async function loadExport(reference: string, options: LoadOptions = {}): Promise<LoadedExport> {
  const { module, exported } = parseReference(reference)
  const path = resolve(options.directory ?? process.cwd(), module)
  await checkIsFile(module, path)
  if (/\.[cm]?tsx?$/.test(path)) await prepareForTypeScript(path, options.typescript ?? typescriptSupport)
  const exports = await importModule(module, path)
  const name = exportNameOf(module, exported, exports)
  const value = exports[name]
  return { what: `"${name}" of ${module}`, value: options.factory === true ? await make(name, module, value) : value }
}

/** Splits `MODULE[:EXPORT]`. A colon before something that is no identifier belongs to the module, as in `C:\app.ts`. */
export function parseReference(reference: string): { module: string; exported: string | null } {
  const parts = /^(.+):([\p{L}_$][\p{L}\p{N}_$]*)$/u.exec(reference)
  return parts === null ? { module: reference, exported: null } : { module: parts[1]!, exported: parts[2]! }
}

async function checkIsFile(module: string, path: string): Promise<void> {
  const found = await stat(path).catch(() => null)
  if (found === null) throw new AppLoadFailed(`Cannot load ${module}: there is no file ${path}`)
  if (!found.isFile()) throw new AppLoadFailed(`Cannot load ${module}: ${path} is not a file, expected a module`)
}

async function importModule(module: string, path: string): Promise<Readonly<Record<string, unknown>>> {
  let exports: Readonly<Record<string, unknown>>
  try {
    /* c8 ignore next -- the loader of the tests adds a branch to a dynamic import */
    exports = await import(pathToFileURL(path).href)
  } catch (cause) {
    const place = cause instanceof SyntaxError ? placeOfSyntaxError(path) : ''
    throw new AppLoadFailed(`Cannot load ${module}: it failed while it was imported${place}`, { cause })
  }
  return exports
}

/** A SyntaxError of a module does not tell where it is; a check of the file does. */
function placeOfSyntaxError(path: string): string {
  const { stderr } = spawnSync(process.execPath, ['--check', path], { encoding: 'utf8' })
  const place = /^\S+:\d+\n[^]*?\n(?=\n)/.exec(stderr)
  return place === null ? '' : `\n${place[0]}`
}

function exportNameOf(module: string, wanted: string | null, exports: Readonly<Record<string, unknown>>): string {
  const name = wanted ?? usualExports.find((usual) => Object.hasOwn(exports, usual))
  if (name !== undefined && Object.hasOwn(exports, name)) return name
  const names = Object.keys(exports).map((key) => `"${key}"`)
  const what = wanted === null ? '"default" or "app"' : `"${wanted}"`
  const has = names.length === 0 ? 'nothing' : names.join(', ')
  throw new AppLoadFailed(
    `Cannot find the app: ${module} exports ${has}, expected ${what}; name one with MODULE:EXPORT`,
  )
}

async function make(name: string, module: string, value: unknown): Promise<unknown> {
  if (typeof value !== 'function') {
    throw new AppLoadFailed(`Cannot make the app: "${name}" of ${module} is not a function, expected a factory`)
  }
  try {
    return await (value as () => unknown)()
  } catch (cause) {
    throw new AppLoadFailed(`Cannot make the app: the factory "${name}" of ${module} failed`, { cause })
  }
}

function appOf(what: string, value: unknown): ASGIApp {
  try {
    return toApp(value as AppLike)
  } catch (error) {
    throw new AppLoadFailed(`Cannot run ${what}. ${(error as Error).message}`)
  }
}
