import type { Request } from '../../request/request.ts'
import type { WebSocket } from '../../request/websocket.ts'
import { planDependencies } from './dependency-plan.ts'
import type { DependencyPlan, Overrides, Root } from './dependency-plan.ts'

/** The plan of an endpoint or a router: found out when the app is built, and anew for a test that overrides something. */
export class OverridablePlan {
  readonly plan: DependencyPlan
  readonly #roots: readonly Root[]

  /** @throws TypeError for dependencies that need one another in a circle, and for one that outlives what it needs. */
  constructor(roots: readonly Root[]) {
    this.#roots = roots
    this.plan = planDependencies(roots)
  }

  /** Returns the plan for a connection, with the overrides of the application that handles it. */
  for(connection: Request | WebSocket): DependencyPlan {
    const app = connection.scope.app as { readonly overrides?: Overrides } | null | undefined
    const overrides = app?.overrides
    return overrides === undefined || overrides.size === 0 ? this.plan : planDependencies(this.#roots, overrides)
  }
}
