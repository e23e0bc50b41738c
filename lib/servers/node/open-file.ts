import { open } from 'node:fs/promises'
import { ProtocolViolation } from '../../spec/violations.ts'
import type { OpenFile } from '../file-sender.ts'

/** Opens a whole file to be sent. */
export async function openFile(path: string): Promise<OpenFile> {
  const file = await open(path, 'r')
  try {
    const facts = await file.stat()
    if (!facts.isFile()) {
      throw ProtocolViolation.badValue('send', 'http.response.pathsend', 'path', path, 'the path of a regular file')
    }
    return { file, offset: 0, count: facts.size, whole: true, close: () => file.close() }
  } catch (error) {
    await file.close()
    throw error
  }
}
