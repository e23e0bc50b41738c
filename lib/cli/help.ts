import { optionTable } from './option-table.ts'
import type { Option } from './option-table.ts'

/** What `stelline --help` prints. */
export const mainHelp = `Usage: stelline COMMAND

Commands:
  run MODULE[:EXPORT]   serve an app; "stelline run --help" lists its options
  routes MODULE[:EXPORT]
                        print the routes of an app; "stelline routes --help" lists its options
  openapi MODULE[:EXPORT]
                        print the OpenAPI document of an app; "stelline openapi --help" lists its options

Options:
  -h, --help            print this
  -v, --version         print the version
`

/** What `stelline routes --help` prints. */
export const routesHelp = `Usage: stelline routes MODULE[:EXPORT] [options]

Prints the routes of the app that a module exports, in the order in which they are tried. What is below a mount, a host or
an include is indented. The app is not started. Without MODULE it is the app of STELLINE_APP.

  --[no-]factory        the export is a function that makes the app
  --json                print the table as JSON
`

/** What `stelline openapi --help` prints. */
export const openapiHelp = `Usage: stelline openapi MODULE[:EXPORT] [options]

Prints the OpenAPI document of the application that a module exports, as JSON. The app is not started. Without MODULE it is
the app of STELLINE_APP.

  --[no-]factory        the export is a function that makes the app
`

/** What `stelline run --help` prints, made from the table of options. */
export function runHelp(): string {
  const names = new Map(optionTable.map((option) => [option, nameOf(option)]))
  const width = Math.max(...Array.from(names.values(), ({ length }) => length))
  const sections = new Map<string, string[]>()
  for (const [option, name] of names) {
    const lines = sections.get(option.section) ?? []
    sections.set(option.section, [...lines, `  ${name.padEnd(width)}  ${option.help}`])
  }
  return `Usage: stelline run MODULE[:EXPORT] [options]

Serves the app that a module exports: EXPORT, or else "default", or else "app".
Every option is also an environment variable, --max-header-bytes for example STELLINE_MAX_HEADER_BYTES, and the app is
STELLINE_APP. The command line wins.

${Array.from(sections, ([section, lines]) => `${section}:\n${lines.join('\n')}`).join('\n\n')}
`
}

function nameOf({ name, value }: Option): string {
  return value === null ? `--[no-]${name}` : `--${name} ${value}`
}
