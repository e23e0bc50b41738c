import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** One place of a stack, with the lines of the source around it where they can be read. */
export interface SourceFrame {
  /** The function; empty when it has no name. */
  readonly name: string
  /** A path or a URL. */
  readonly file: string
  readonly line: number
  /** The number of the first line of the excerpt. */
  readonly firstLine: number
  /** Empty for what is not the developer's own: packages and Node. */
  readonly lines: readonly string[]
}

const linesAround = 4
const maxFrames = 30
/** Longer lines are those of bundles. */
const maxLineLength = 300

const place = /^ +at (?:(?:async )?(.*?) \()?((?:file:|\/|[A-Za-z]:[\\/]|node:)[^()]*?):(\d+):\d+\)?$/

/** Reads the places of a stack, the innermost first. */
export function sourceFrames(stack: string): SourceFrame[] {
  const sources = new Map<string, readonly string[]>()
  const frames: SourceFrame[] = []
  for (const text of stack.split('\n')) {
    const found = place.exec(text)
    if (found === null || frames.length === maxFrames) continue
    const [, name = '', file, digits] = found as unknown as [string, string | undefined, string, string]
    const line = Number(digits)
    const source = sources.get(file) ?? sourceOf(file)
    sources.set(file, source)
    const from = Math.max(0, line - 1 - linesAround)
    const lines = source.slice(from, line + linesAround).map((row) => row.slice(0, maxLineLength))
    frames.push({ name, file, line, firstLine: from + 1, lines })
  }
  return frames
}

function sourceOf(file: string): readonly string[] {
  if (file.startsWith('node:') || /[\\/]node_modules[\\/]/.test(file)) return []
  try {
    return readFileSync(file.startsWith('file:') ? fileURLToPath(file) : file, 'utf8').split('\n')
  } catch {
    return []
  }
}
