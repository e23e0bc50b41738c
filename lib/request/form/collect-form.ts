import { FormData } from '../../http/form-data.ts'
import type { FormValue } from '../../http/form-data.ts'
import { UploadFile } from '../../http/upload-file.ts'
import type { FormPart } from './form-part.ts'
import type { Spool } from './spool.ts'

/**
 * Collects the parts of a form. However that fails, no temporary file is left.
 *
 * @throws What reading the parts throws, and errors of the file system.
 */
export async function collectForm(parts: AsyncIterable<FormPart>, spool: Spool): Promise<FormData> {
  const pairs: [string, FormValue][] = []
  try {
    for await (const part of parts) pairs.push([part.name, await valueOf(part, spool)])
  } catch (error) {
    await spool.release()
    throw error
  }
  return new FormData(pairs, () => spool.release())
}

async function valueOf(part: FormPart, spool: Spool): Promise<FormValue> {
  if (part.fileName === null) return part.text()
  const content = await spool.store(part)
  return new UploadFile({ name: part.fileName, content, mediaType: part.mediaType, headers: part.headers })
}
