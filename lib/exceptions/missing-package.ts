/** Thrown when something is asked for that needs an optional package, and the package is not installed. */
export class MissingPackage extends Error {
  override readonly name = 'MissingPackage'
  readonly code = 'STELLINE_MISSING_PACKAGE'
  /** The name of the package. */
  readonly packageName: string

  /** @param purpose What was attempted, for example `render templates with eta`. */
  constructor(purpose: string, packageName: string, cause?: unknown) {
    super(`Cannot ${purpose}: the package is not installed; install it with "npm install ${packageName}"`, { cause })
    this.packageName = packageName
  }
}
