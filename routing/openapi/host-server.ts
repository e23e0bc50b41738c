import type { ServerObject } from './openapi-document.ts'

/** Returns a host as a server; one with parameters is a server with variables. */
export function hostServer(host: string): ServerObject {
  const names = Array.from(host.matchAll(/\{([^}:]+)[^}]*\}/g), ([, name]) => name!)
  return {
    url: `//${host.replace(/\{([^}:]+)[^}]*\}/g, '{$1}')}`,
    ...(names.length > 0 && { variables: Object.fromEntries(names.map((name) => [name, { default: name }])) }),
  }
}
