export { Application } from './application.ts'
export type { ApplicationOptions, StateOf } from './application.ts'
export { contractRoute, websocketContractRoute } from './contract-route.ts'
export type { ContractRouteOptions } from './contract-route.ts'
export type { Converter, Converters } from './converters.ts'
export { Host } from './host.ts'
export type { HostOptions } from './host.ts'
export { Include } from './include.ts'
export type { Included, IncludeOptions } from './include.ts'
export { Mount } from './mount.ts'
export type { MountOptions } from './mount.ts'
export type { MountTarget } from './mounted-target.ts'
export { NoMatchFound } from './no-match-found.ts'
export type { ParamValues } from './param-values.ts'
export type { ConverterValues, PathParams } from './path-params.ts'
export { PathPattern } from './path-pattern.ts'
export type { AnyPath, ParamsOf } from './path-pattern.ts'
export type { LayerOptions } from './layers.ts'
export type { Match, Routable, RoutedScope } from './routable.ts'
export { Route } from './route.ts'
export type { RouteOptions, RouteTarget } from './route.ts'
export { RouteTable } from './route-table.ts'
export type { RouteTableOptions } from './route-table.ts'
export { Router } from './router.ts'
export type { MethodOptions, RouterOptions } from './router.ts'
export type {
  AnyURL,
  Named,
  NamedURL,
  RouteURL,
  URLArguments,
  URLsBelow,
  URLsIn,
  URLsOf,
  URLTable,
} from './url-names.ts'
export { WebSocketRoute } from './websocket-route.ts'
export type { WebSocketRouteOptions, WebSocketTarget } from './websocket-route.ts'
