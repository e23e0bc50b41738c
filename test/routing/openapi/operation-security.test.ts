import { test } from 'tap'
import { withScopes } from '../../../lib/endpoint/dependencies/scopes.ts'
import type { Dependency } from '../../../lib/endpoint/dependencies/dependency.ts'
import { httpBearer } from '../../../lib/endpoint/security/http-bearer.ts'
import { oauth2Password } from '../../../lib/endpoint/security/oauth2.ts'
import { operationOf } from './described.ts'

const flow = { tokenUrl: '/token', scopes: { items: 'Read items' } }
const one = httpBearer()
const other = httpBearer()
const optional = httpBearer({ autoError: false })
const needed = oauth2Password(flow)
const spare = oauth2Password({ ...flow, autoError: false })

/** Schemes of one name, and what the operation needs. */
const cases: readonly (readonly [what: string, security: readonly Dependency[], expected: readonly object[]])[] = [
  ['one with scopes, one without', [withScopes(one, ['items']), other], [{ httpBearer: ['items'] }]],
  ['one without scopes, one with', [other, withScopes(one, ['items'])], [{ httpBearer: ['items'] }]],
  [
    'two with scopes',
    [withScopes(one, ['items', 'all']), withScopes(other, ['all', 'other'])],
    [{ httpBearer: ['items', 'all', 'other'] }],
  ],
  ['one that refuses, one that does not', [withScopes(needed, ['items']), spare], [{ oauth2Password: ['items'] }]],
  ['one that does not refuse, one that does', [spare, withScopes(needed, ['items'])], [{ oauth2Password: ['items'] }]],
  ['two that do not refuse', [optional, withScopes(optional, ['a'])], [{ httpBearer: ['a'] }, {}]],
  [
    'of two names',
    [withScopes(optional, ['a']), needed],
    [{ oauth2Password: [], httpBearer: ['a'] }, { oauth2Password: [] }],
  ],
]

for (const [what, security, expected] of cases) {
  test(`openapi: security schemes of one name are one: ${what}`, async (t) => {
    t.strictSame(operationOf({ security }).security, expected)
  })
}
