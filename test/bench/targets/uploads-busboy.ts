import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import busboy from 'busboy'

type TakeFile = (file: Readable) => Promise<number>

const takes: Readonly<Record<string, TakeFile>> = {
  async form(file) {
    const directory = await mkdtemp(join(tmpdir(), 'upload-'))
    const target = createWriteStream(join(directory, 'file'))
    await pipeline(file, target)
    await rm(directory, { recursive: true })
    return target.bytesWritten
  },
  async stream(file) {
    let bytes = 0
    for await (const chunk of file) bytes += (chunk as Buffer).length
    return bytes
  },
}

function upload(request: IncomingMessage, take: TakeFile): Promise<number> {
  return new Promise((resolve, reject) => {
    const parser = busboy({ headers: request.headers })
    const files: Promise<number>[] = []
    parser.on('file', (_name, file) => void files.push(take(file)))
    parser.on('close', () => void Promise.all(files).then((sizes) => resolve(sizes[0]!), reject))
    parser.on('error', reject)
    request.pipe(parser)
  })
}

/** Starts a server of node:http and busboy that takes uploads, into a file or as a stream, and answers with their size. */
export async function start(caseId: string): Promise<number> {
  const server = createServer((request, response) => {
    if (request.method === 'GET') return response.end('ok')
    void upload(request, takes[caseId]!).then((size) => response.end(String(size)))
    return undefined
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
