export { Application } from './application.ts'
export type { ApplicationOptions, StateOf } from './application.ts'
export { contractRoute, websocketContractRoute } from './contract-route.ts'
export type { ContractRouteOptions } from './contract-route.ts'
export type { Converter, Converters } from '../lib/endpoint/contract/converters.ts'
export { Host } from './host.ts'
export type { HostOptions } from './host.ts'
export { Include } from './include.ts'
export type { Included, IncludeDocs, IncludeOptions } from './include.ts'
export type { MethodOptions } from './method-table.ts'
export { Mount } from './mount.ts'
export type { MountOptions } from './mount.ts'
export type { MountTarget } from './mounted-target.ts'
export { NoMatchFound } from './no-match-found.ts'
export type { ParamValues } from './param-values.ts'
export type { ConverterValues, PathParams } from '../lib/endpoint/contract/path-params.ts'
export type {
  ComponentsObject,
  ExampleObject,
  ExternalDocs,
  HeaderObject,
  InfoObject,
  JSONSchema,
  MediaTypeObject,
  OpenAPIDocument,
  OperationObject,
  ParameterObject,
  PathItemObject,
  Reference,
  RequestBodyObject,
  ResponseObject,
  SecurityRequirement,
  ServerObject,
  ServerVariable,
  TagObject,
} from './openapi/openapi-document.ts'
export type {
  DocsOptions,
  DocsPageOptions,
  OpenAPIInfo,
  OpenAPIOptions,
  OperationName,
  SchemaSide,
  SwaggerOptions,
} from './openapi/openapi-options.ts'
export { openapi } from './openapi/openapi.ts'
export { openAPIRoutes } from './openapi/openapi-routes.ts'
export { PathPattern } from './path-pattern.ts'
export type { AnyPath, ParamsOf } from './path-pattern.ts'
export type { LayerOptions } from './layers.ts'
export type { Match, MismatchAnswers, Routable, RoutedScope } from './routable.ts'
export { Route } from './route.ts'
export type { RouteOptions, RouteTarget } from './route.ts'
export { RouteTable } from './route-table.ts'
export type { RouteTableOptions } from './route-table.ts'
export { Router } from './router.ts'
export type { RouterOptions } from './router.ts'
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
