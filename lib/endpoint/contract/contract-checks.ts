import { show } from '../../spec/violations.ts'
import { Dependency } from '../dependencies/dependency.ts'
import { partNames } from '../validation/part.ts'
import { isSchema } from '../validation/schema.ts'
import { colonName } from './colon-name.ts'

const methods: ReadonlySet<unknown> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'QUERY',
])

const documentationKeys = ['tags', 'summary', 'description', 'operationId', 'deprecated', 'includeInSchema']
const neededKeys = ['dependencies', 'security']

const contractKeys: ReadonlySet<string> = new Set([
  ...partNames,
  ...neededKeys,
  ...documentationKeys,
  'responses',
  'maxBodyBytes',
  'formOptions',
  'externalDocs',
  'examples',
  'callbacks',
  'servers',
  'openapi',
])

const websocketKeys: ReadonlySet<string> = new Set([
  'path',
  'query',
  'headers',
  'cookies',
  'receive',
  'send',
  ...neededKeys,
  ...documentationKeys,
])

/** What the keys of other frameworks are called here. */
const meantKeys: ReadonlyMap<string, string> = new Map([
  ['params', 'path'],
  ['pathParams', 'path'],
  ['querystring', 'query'],
  ['json', 'body'],
  ['files', 'form'],
  ['response', 'responses'],
  ['responseModel', 'responses'],
  ['depends', 'dependencies'],
  ['scopes', 'security'],
])

/** What functions get under these names cannot be a dependency at the same time. */
export const reservedNames: ReadonlySet<string> = new Set([
  'params',
  'request',
  'websocket',
  'connection',
  'response',
  'reply',
])

/** @throws TypeError for what is no method, or not in upper case. */
export function checkMethod(method: unknown): void {
  if (methods.has(method)) return
  throw new TypeError(`Cannot make a contract: the method is ${show(method)}, expected ${[...methods].join(', ')}`)
}

/** @throws TypeError for what is no path, or has parameters as other routers write them. */
export function checkPath(path: unknown): void {
  if (typeof path !== 'string' || !path.startsWith('/')) {
    throw new TypeError(`Cannot make a contract: the path is ${show(path)}, expected a string that starts with "/"`)
  }
  const name = colonName(path)
  if (name === null) return
  throw new TypeError(`Cannot make a contract for ${show(path)}: ":${name}" is literal text, expected "{${name}}"`)
}

/** @throws TypeError for a shape that says what no contract can, or says it twice. */
export function checkShape(shape: object): void {
  checkKeys('a contract', shape, contractKeys)
  checkParts('a contract', shape, partNames)
  if (valueAt(shape, 'body') !== undefined && valueAt(shape, 'form') !== undefined) {
    throw new TypeError('Cannot make a contract: it has "body" and "form", expected one of them')
  }
  checkNeeded('a contract', shape)
  const limit = valueAt(shape, 'maxBodyBytes')
  if (limit === undefined || (typeof limit === 'number' && limit >= 0)) return
  throw new TypeError(`Cannot make a contract: maxBodyBytes is ${show(limit)}, expected a number of bytes`)
}

/** @throws TypeError for a shape that says what no contract for WebSockets can. */
export function checkWebSocketShape(shape: object): void {
  checkKeys('a contract for WebSockets', shape, websocketKeys)
  checkParts('a contract for WebSockets', shape, ['path', 'query', 'headers', 'cookies', 'receive', 'send'])
  checkNeeded('a contract for WebSockets', shape)
}

function checkKeys(what: string, shape: unknown, known: ReadonlySet<string>): void {
  if (typeof shape !== 'object' || shape === null) {
    throw new TypeError(`Cannot make ${what} of ${show(shape)}: expected an object`)
  }
  for (const key of Object.keys(shape)) {
    if (!known.has(key)) {
      const meant = meantKeys.get(key)
      const hint = meant !== undefined && known.has(meant) ? `; what you mean is ${show(meant)}` : ''
      throw new TypeError(
        `Cannot make ${what}: ${show(key)} is none of its keys, expected ${[...known].join(', ')}${hint}`,
      )
    }
  }
}

function checkParts(what: string, shape: object, names: readonly string[]): void {
  for (const name of names) {
    const schema = valueAt(shape, name)
    if (schema === undefined || isSchema(schema)) continue
    const hint =
      name === 'path' && typeof schema === 'string' ? '; a path of a route stands before the contract, not in it' : ''
    throw new TypeError(`Cannot make ${what}: ${name} is ${show(schema)}, expected a Standard Schema${hint}`)
  }
}

function checkTags(what: string, shape: object): void {
  const tags = valueAt(shape, 'tags')
  if (tags === undefined || (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string'))) return
  throw new TypeError(`Cannot make ${what}: tags is ${show(tags)}, expected a list of names`)
}

function checkNeeded(what: string, shape: object): void {
  checkTags(what, shape)
  for (const key of neededKeys) {
    const needed = valueAt(shape, key)
    if (needed === undefined) continue
    if (Array.isArray(needed)) for (const item of needed) checkDependency(what, key, item)
    else if (key === 'dependencies') checkNames(what, needed)
    else throw new TypeError(`Cannot make ${what}: ${key} is ${show(needed)}, expected a list of security schemes`)
  }
}

function checkNames(what: string, needed: unknown): void {
  if (typeof needed !== 'object' || needed === null) {
    throw new TypeError(`Cannot make ${what}: dependencies is ${show(needed)}, expected an object or a list`)
  }
  for (const [name, item] of Object.entries(needed)) {
    if (reservedNames.has(name) || (partNames as readonly string[]).includes(name)) {
      throw new TypeError(
        `Cannot make ${what}: a dependency is called ${show(name)}, which is what the endpoint gets of the request`,
      )
    }
    checkDependency(what, 'dependencies', item)
  }
}

function checkDependency(what: string, key: string, item: unknown): void {
  if (item instanceof Dependency) return
  throw new TypeError(`Cannot make ${what}: ${key} has ${show(item)}, expected what depends() returns`)
}

function valueAt(shape: object, key: string): unknown {
  return (shape as Readonly<Record<string, unknown>>)[key]
}
