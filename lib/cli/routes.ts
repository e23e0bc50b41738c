import type { RouteListing } from '../endpoint/route-listing.ts'
import { AppLoadFailed } from './app-load-failed.ts'
import { routesHelp } from './help.ts'
import type { Environment } from './options.ts'
import { formatRoutes } from './route-table-text.ts'
import type { RunEnd } from './run.ts'
import { runTellingCommand } from './telling-command.ts'
import type { Streams, TellingCommand } from './telling-command.ts'

const command: TellingCommand = {
  name: 'routes',
  subject: 'routes',
  help: routesHelp,
  flags: ['json'],
  tell({ what, value }, flags) {
    const telling = value as { listing?: () => readonly RouteListing[] } | null | undefined
    if (typeof telling?.listing !== 'function') {
      throw new AppLoadFailed(
        `Cannot print the routes of ${what}: it does not tell them, expected a router or an application`,
      )
    }
    const rows = telling.listing()
    return flags.has('json') ? `${JSON.stringify(rows, null, 2)}\n` : formatRoutes(rows)
  },
}

/** Prints the routes of an app. */
export function routesCommand(args: readonly string[], environment: Environment, streams: Streams): Promise<RunEnd> {
  return runTellingCommand(command, args, environment, streams)
}
