import { acceptableEncodings } from '../http/negotiation.ts'
import type { OpenFile } from '../response/open-file.ts'
import { isForbidden } from './file-lookup.ts'
import type { FileLookup } from './file-lookup.ts'
import type { Page } from './page-finder.ts'
import type { Precompression } from './static-options.ts'

/** A file as it is, or in a coding. */
export interface CodedFile {
  readonly file: OpenFile
  readonly coding: Precompression | null
}

/** Which codings come into question. */
export interface CodingChoice {
  /** The value of `accept-encoding`. */
  readonly accepted: string | null
  /** In the server's order of preference. */
  readonly codings: readonly Precompression[]
}

const endings: Readonly<Record<Precompression, string>> = { br: '.br', zstd: '.zst', gzip: '.gz' }

/** Exchanges the file of a page for the one beside it whose coding the client likes best, if there is one. */
export async function codedFile(
  { file, segments }: Page,
  lookup: FileLookup,
  choice: CodingChoice,
): Promise<CodedFile> {
  let sibling: CodedFile | null
  try {
    sibling = await findSibling(segments, lookup, choice)
  } catch (error) {
    await file.close()
    throw error
  }
  if (sibling === null) return { file, coding: null }
  await file.close()
  return sibling
}

async function findSibling(
  segments: readonly string[],
  lookup: FileLookup,
  { accepted, codings }: CodingChoice,
): Promise<CodedFile | null> {
  if (codings.length === 0) return null
  for (const name of acceptableEncodings(accepted, [...codings, 'identity'])) {
    if (name === 'identity') return null
    const coding = name as Precompression
    const file = await lookup.findFile([...segments.slice(0, -1), segments.at(-1)! + endings[coding]]).catch(nothing)
    if (file !== null) return { file, coding }
  }
  return null
}

/** A sibling that cannot be read is no reason to refuse the file that it was made of. */
function nothing(error: unknown): null {
  if (isForbidden(error)) return null
  throw error
}
