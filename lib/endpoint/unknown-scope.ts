import type { Scope } from '../spec/scope.ts'
import { show } from '../spec/violations.ts'

/** The error of an app that is called for a protocol that it does not speak. */
export function unknownScope(app: string, scope: Scope, expected: string): TypeError {
  return new TypeError(`Cannot run ${app} on a scope of type ${show(scope.type)}: expected ${expected}`)
}
