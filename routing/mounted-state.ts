import type { MountedApp } from '../lib/lifetime/nested-lifespan.ts'
import type { RoutedScope } from './routable.ts'

/** Adds the state that the lifespan of a mounted app has yielded, once a connection enters the app. */
export function addMountedState(scope: RoutedScope, { key }: MountedApp): void {
  const state = (scope.state as Record<symbol, unknown> | undefined)?.[key]
  if (state !== undefined) Object.assign(scope.state, state)
}
