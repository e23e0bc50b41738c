import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { test } from 'tap'
import { scanImports } from '../../architecture/import-scanner.ts'

const root = new URL('../../../', import.meta.url)

/** What a module needs when it runs: its imports and theirs, those of types left out. */
function neededBy(path: string, needed: Set<string> = new Set()): Set<string> {
  if (needed.has(path)) return needed
  needed.add(path)
  if (!path.endsWith('.ts')) return needed
  const source = readFileSync(new URL(path, root), 'utf8').replace(/^(?:import|export) type [^]*?from '.*'$/gm, '')
  for (const { specifier } of scanImports(source)) {
    neededBy(specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier, needed)
  }
  return needed
}

test('stelline/client: runs in a browser, without packages and without what belongs to servers', async (t) => {
  const needed = [...neededBy('lib/client/index.ts')]

  const foreign = needed.filter((path) => !path.endsWith('.ts'))
  const shelves = new Set(needed.filter((path) => path.endsWith('.ts')).map((path) => path.split('/')[1]!))
  const platform = needed.filter((path) => /\b(?:Buffer|process)[.(]/.test(readFileSync(new URL(path, root), 'utf8')))

  t.strictSame(foreign, [])
  t.strictSame(
    [...shelves].toSorted((a, b) => (a < b ? -1 : 1)),
    ['client', 'endpoint', 'exceptions', 'http', 'spec'],
  )
  t.strictSame(platform, [])
})

test('stelline/client: has what a client and the modules that it shares with a server need', async (t) => {
  const names = Object.keys(await import('../../../lib/client/index.ts'))

  t.strictSame(
    names.toSorted((a, b) => (a < b ? -1 : 1)),
    [
      'ClientSocket',
      'Contract',
      'EventItems',
      'HandshakeRefused',
      'InvalidAnswer',
      'UnexpectedAnswer',
      'WebSocketContract',
      'WebSocketDisconnect',
      'contract',
      'createClient',
      'oauth2PasswordForm',
      'websocketContract',
    ],
  )
})
