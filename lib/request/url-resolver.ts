/** Builds the paths of named routes. Routing implements it and puts it on the scope. */
export interface URLResolver {
  /**
   * Returns the path of a route, without the `root_path` of the server.
   *
   * @throws Error when no route has the name and exactly these parameters.
   */
  urlPathFor(name: string, params?: Readonly<Record<string, unknown>>): string
}
