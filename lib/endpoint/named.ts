import type { Middleware } from '../spec/app.ts'

/** Gives a middleware the name by which errors and traces call it: that of the function that has made it. */
export function named(name: string, middleware: Middleware): Middleware {
  return Object.defineProperty(middleware, 'name', { value: name })
}
