import type { URLPath } from '../http/url-path.ts'

/** Builds the URLs of named routes. Routing implements it and puts it on the scope. */
export interface URLResolver {
  /**
   * Returns the path of a route, without the `root_path` of the server, and the host when the route has one.
   *
   * @throws Error when no route has the name and exactly these parameters.
   */
  resolveURL(name: string, params: Readonly<Record<string, unknown>>): URLPath
}
