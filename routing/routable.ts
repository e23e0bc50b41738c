import type { RouteListing } from '../lib/endpoint/route-listing.ts'
import type { URLPath } from '../lib/http/url-path.ts'
import type { MountedApp } from '../lib/lifetime/nested-lifespan.ts'
import type { FrameworkScope } from '../lib/request/connection.ts'
import type { ASGIApp } from '../lib/spec/app.ts'
import type { HTTPScope, WebSocketScope } from '../lib/spec/scope.ts'
import type { ParamValues } from './param-values.ts'
import type { PathShape } from './path-shape.ts'
import type { SegmentTexts } from './path-tree.ts'

/** The scope of a request or a WebSocket, with what routing writes onto it. */
export type RoutedScope = (HTTPScope | WebSocketScope) & FrameworkScope

/** What a routable found in a request. */
export interface Match {
  readonly route: Routable
  readonly params: ParamValues
  /** What a mount takes of the path; empty for a route. */
  readonly prefix: string
  /** `null` for a full match; the methods that the route has when only the method is wrong. */
  readonly methods: readonly string[] | null
}

/** How a router answers what no route matches fully. */
export interface MismatchAnswers {
  readonly redirectSlashes: boolean
  readonly answerOptions: boolean
}

/** What a router chooses from: a route, a mount, or anything else that can tell whether a request is its own. */
export interface Routable {
  /** The only path that can match, when there is only one: routers look it up instead of asking. */
  readonly literalPath: string | null
  /** What every path looks like that can match, for routers to narrow down their choice; `null` when any path can. */
  readonly shape: PathShape | null
  /** The routable alone, as an app. */
  readonly asgi: ASGIApp
  /**
   * Tells whether a request is the routable's own. It looks and does not touch: another one may be chosen.
   *
   * @param path The path below the `root_path`.
   * @param texts The texts of the path's segments by the names of the shape, given only to who has such names and only when
   * the path has the shape: spares reading them from the path.
   */
  match(scope: RoutedScope, path: string, texts?: SegmentTexts | null): Match | null
  /** Whether `match` may succeed for a path, whatever else the request holds. */
  mayMatch(path: string): boolean
  /** Writes what was found onto the scope, once the routable was chosen, and returns the app to call. */
  enter(scope: RoutedScope, match: Match): ASGIApp
  /** Returns the URL of what has this name and exactly these parameters; `null` when nothing has. */
  urlPath(name: string, params: ParamValues): URLPath | null
  /** The apps whose lifespans run within that of the router. */
  readonly mounted?: MountedApp | readonly MountedApp[] | null
  /** Hears how the router answers that it is added to, for routes within that have no router of their own. */
  adopt?(answers: MismatchAnswers): void
  /** The routable as a row of the table, for those who read it. */
  listing?(): RouteListing
}
