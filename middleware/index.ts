export { exceptions } from './exceptions.ts'
export type { ExceptionsOptions } from './exceptions.ts'
export { serverErrors } from './server-errors/server-errors.ts'
export type { ServerErrorsOptions } from './server-errors/server-errors.ts'
