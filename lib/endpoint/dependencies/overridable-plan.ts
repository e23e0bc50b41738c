import type { Request } from '../../request/request.ts'
import type { WebSocket } from '../../request/websocket.ts'
import type { BodyReading } from '../validation/part-reader.ts'
import { planDependencies } from './dependency-plan.ts'
import type { DependencyPlan, Root } from './dependency-plan.ts'
import type { Overrides } from './overrides.ts'

/** What else is to be known of a plan. */
export interface PlanOptions {
  /** How bodies are read. */
  readonly reading?: BodyReading
  /** Throws for a plan that does not fit where it is to be used. */
  readonly check?: (plan: DependencyPlan) => void
}

/** The plan of an endpoint or a router: found out when the app is built, and anew for a test that overrides something. */
export class OverridablePlan {
  readonly plan: DependencyPlan
  readonly #roots: readonly Root[]
  readonly #options: PlanOptions

  /**
   * @throws TypeError for dependencies that need one another in a circle, for one that outlives what it needs, and for what
   *   the check refuses.
   */
  constructor(roots: readonly Root[], options: PlanOptions = {}) {
    this.#roots = roots
    this.#options = options
    this.plan = this.#checked()
  }

  /**
   * Returns the plan for a connection, with the overrides of the application that handles it.
   *
   * @throws TypeError as the constructor does, for what stands there in its place.
   */
  for(connection: Request | WebSocket): DependencyPlan {
    const app = connection.scope.app as { readonly overrides?: Overrides } | null | undefined
    const overrides = app?.overrides
    return overrides === undefined || overrides.size === 0 ? this.plan : this.#checked(overrides)
  }

  #checked(overrides?: Overrides): DependencyPlan {
    const { reading, check } = this.#options
    const plan = planDependencies(this.#roots, overrides, reading)
    check?.(plan)
    return plan
  }
}
