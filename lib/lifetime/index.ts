export type { Lifespan, LifespanHooks } from './lifespan.ts'
