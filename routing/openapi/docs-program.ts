import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageDirectory } from '../../lib/content/package-directory.ts'

/** A file of a package that a page loads. */
export interface ProgramFile {
  /** Within the package. */
  readonly path: string
  /** Of the file in the version that is named, by which browsers check what a foreign host serves. */
  readonly integrity: string
}

/** A program that shows documents: a package for browsers. */
export interface DocsProgram {
  readonly packageName: string
  /** The version that is loaded where the package is not installed. */
  readonly version: string
  readonly script: ProgramFile
  readonly style: ProgramFile | null
  /** For a script that newer versions have as a module of JavaScript. */
  readonly module?: ProgramModule
}

/** A script that is a module from a version on. */
export interface ProgramModule {
  /** The first such major version. */
  readonly since: number
  /** The name that the script gives itself where it is no module. */
  readonly name: string
}

/** The pages of a package that is not installed load it from here. */
const contentNetwork = 'https://cdn.jsdelivr.net/npm'

export const swaggerUI: DocsProgram = {
  packageName: 'swagger-ui-dist',
  version: '5.35.0',
  script: {
    path: 'swagger-ui-bundle.js',
    integrity: 'sha384-gjRm0bEPMeTmMh5jT2cHccIwCUZSTd8YC+j0d0sXw0MdGEfScduGpSyF3ZSSLkX9',
  },
  style: {
    path: 'swagger-ui.css',
    integrity: 'sha384-WlYgdmXYOOBWL5apwjDEZwN+U3HmXSSu5R6V5aGxEcf7z+KuRNwBhoxKVN1i3D5I',
  },
}

/** What gives the page of Swagger UI the answer of an authorisation server. */
export const swaggerRedirect: DocsProgram = {
  packageName: 'swagger-ui-dist',
  version: '5.35.0',
  script: {
    path: 'oauth2-redirect.js',
    integrity: 'sha384-XuY48ztmqRBrZqX+bDrPUqkTumNohu9Bl+yztOEp/hDTS5qXIApmbiD04MrTFpjk',
  },
  style: null,
}

export const reDoc: DocsProgram = {
  packageName: 'redoc',
  version: '2.5.4',
  script: {
    path: 'bundles/redoc.standalone.js',
    integrity: 'sha384-w447zOpYfw/1Tv/5AK9NfHTlQIqE3RVR6KY62jCyy9zNDgO64cMwGGP1Fj0zJVf5',
  },
  style: null,
  module: { since: 3, name: 'Redoc' },
}

export const scalar: DocsProgram = {
  packageName: '@scalar/api-reference',
  version: '1.46.4',
  script: {
    path: 'dist/browser/standalone.js',
    integrity: 'sha384-BbTs28WithFYxTDCiH0YPK5tv3MflhBVpABoMjfb9UqXa/hegSE9I4THoddKejMF',
  },
  style: null,
}

/** Returns the URL of a file that is not installed. */
export function networkURL({ packageName, version }: DocsProgram, { path }: ProgramFile): string {
  return `${contentNetwork}/${packageName}@${version}/${path}`
}

/** Finds the directory of the package: that of the app, or that of the framework; `null` when it is not installed. */
export function installedDirectory(program: DocsProgram, places: readonly (string | URL)[]): string | null {
  const needed = [program.script, ...(program.style === null ? [] : [program.style])]
  for (const from of places) {
    const directory = directoryFrom(program.packageName, from)
    if (directory !== null && needed.every(({ path }) => existsSync(join(directory, path)))) return directory
  }
  return null
}

/** Returns the name under which a module of an installed package is imported; `null` where the script is no module. */
export function moduleName({ module }: DocsProgram, directory: string): string | null {
  if (module === undefined) return null
  const { version = '' } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { version?: string }
  return Number.parseInt(version, 10) >= module.since ? module.name : null
}

function directoryFrom(name: string, from: string | URL): string | null {
  try {
    return packageDirectory({ name, from })
  } catch {
    return null
  }
}
