import { open } from 'node:fs/promises'
import type { OpenFile } from '../file-sender.ts'

/** Opens a whole file to be sent. */
export async function openFile(path: string): Promise<OpenFile> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    return { file, offset: 0, count: size, whole: true, close: () => file.close() }
  } catch (error) {
    await file.close()
    throw error
  }
}
