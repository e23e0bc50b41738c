import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { AppLoadFailed } from './app-load-failed.ts'

/** What can make Node read TypeScript. */
export interface TypeScriptSupport {
  /** Whether Node strips types by itself. */
  readonly native: boolean
  /** Makes Node read TypeScript through the package tsx, or returns false when there is none for a module. */
  registerTsx(module: string): Promise<boolean>
}

/** What this process has. */
export const typescriptSupport: TypeScriptSupport = {
  native: Boolean((process.features as { typescript?: unknown }).typescript),
  registerTsx,
}

/**
 * Makes Node ready to import a TypeScript module: through tsx where it is installed, since it takes all of the language,
 * or else through Node's own stripping of types.
 *
 * @throws {@link AppLoadFailed} naming the command that installs tsx, when there is neither.
 */
export async function prepareForTypeScript(module: string, support: TypeScriptSupport): Promise<void> {
  if ((await support.registerTsx(module)) || (support.native && !module.endsWith('x'))) return
  throw new AppLoadFailed(
    `Cannot load ${module}: Node ${process.versions.node} does not read this TypeScript by itself; ` +
      'install the package that does with "npm install --save-dev tsx"',
  )
}

/* c8 ignore start -- which of the ways finds tsx depends on how the packages are installed */

/** Looks for tsx where the app is, and then beside this package. Importing it is what registers it. */
async function registerTsx(module: string): Promise<boolean> {
  const url = resolveFrom(module) ?? resolveFromHere()
  if (url !== null) await import(url)
  return url !== null
}

function resolveFrom(module: string): string | null {
  try {
    return pathToFileURL(createRequire(module).resolve('tsx')).href
  } catch {
    return null
  }
}

function resolveFromHere(): string | null {
  try {
    return import.meta.resolve('tsx')
  } catch {
    return null
  }
}

/* c8 ignore stop */
