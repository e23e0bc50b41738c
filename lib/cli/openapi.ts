import { show } from '../spec/violations.ts'
import { AppLoadFailed } from './app-load-failed.ts'
import { openapiHelp } from './help.ts'
import type { LoadedExport } from './load-app.ts'
import type { Environment } from './options.ts'
import type { RunEnd } from './run.ts'
import { runTellingCommand } from './telling-command.ts'
import type { Streams, TellingCommand } from './telling-command.ts'

const command: TellingCommand = {
  name: 'openapi',
  subject: 'the OpenAPI document',
  help: openapiHelp,
  flags: [],
  tell: (app) => `${documentOf(app)}\n`,
}

/** Prints the OpenAPI document of an app, and nothing else on stdout. */
export function openapiCommand(args: readonly string[], environment: Environment, streams: Streams): Promise<RunEnd> {
  return runTellingCommand(command, args, environment, streams)
}

function documentOf({ what, value }: LoadedExport): string {
  const described = value as { openapi?: () => unknown } | null | undefined
  if (typeof described?.openapi !== 'function') {
    throw new AppLoadFailed(`Cannot print the OpenAPI document of ${what}: it has none, expected an application`)
  }
  try {
    return textOf(described.openapi())
  } catch (cause) {
    throw new AppLoadFailed(`Cannot print the OpenAPI document of ${what}`, { cause })
  }
}

function textOf(document: unknown): string {
  const text = JSON.stringify(document, null, 2) as string | undefined
  if (text?.startsWith('{') === true) return text
  throw new TypeError(`openapi() returned ${show(document)}, expected an object`)
}
