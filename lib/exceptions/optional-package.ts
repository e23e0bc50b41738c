import { MissingPackage } from './missing-package.ts'

/**
 * Loads an optional package.
 *
 * @param purpose What needs it, for example `render templates with eta`.
 * @param load Requires the package.
 * @throws {@link MissingPackage} when it is not installed; and what it throws itself.
 */
export function optionalPackage<Module>(purpose: string, packageName: string, load: () => Module): Module {
  try {
    return load()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    // A package that lacks one of its own is installed, and broken.
    if (code !== 'MODULE_NOT_FOUND' || !message.includes(`'${packageName}'`)) throw error
    throw new MissingPackage(purpose, packageName, error)
  }
}
