import { environmentName, optionTable } from '../../lib/cli/option-table.ts'
import type { Option } from '../../lib/cli/option-table.ts'

/** The options of `stelline run` as sections of a page, drawn from the table that the command reads. */
export function cliOptions(): string {
  const titles = new Set(optionTable.map(({ section }) => section))
  return Array.from(titles, (title) => `### ${title}\n\n${table(sectionOf(title))}`).join('\n\n')
}

function sectionOf(title: string): Option[] {
  return optionTable.filter(({ section }) => section === title)
}

function table(options: readonly Option[]): string {
  return ['| option | variable | meaning |', '|---|---|---|', ...options.map(row)].join('\n')
}

function row({ name, value, help }: Option): string {
  const form = value === null ? `--[no-]${name}` : `--${name} ${value}`
  return `| \`${form}\` | \`${environmentName(name)}\` | ${help.replaceAll('|', String.raw`\|`)} |`
}
