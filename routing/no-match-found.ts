/** Thrown when a URL is asked for and no route has the name and exactly these parameters. */
export class NoMatchFound extends Error {
  override readonly name = 'NoMatchFound'
  readonly code = 'STELLINE_NO_MATCH_FOUND'

  constructor(name: string, params: Readonly<Record<string, unknown>>) {
    const given = Object.keys(params).join(', ')
    super(`Cannot make a URL: no route has the name ${JSON.stringify(name)} and the parameters "${given}"`)
  }
}
