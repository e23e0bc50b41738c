export type { CacheControl } from './lib/content/cache-policy.ts'
export { etaEngine } from './lib/content/eta-engine.ts'
export type { EtaOptions } from './lib/content/eta-engine.ts'
export { fromFetch } from './lib/content/foreign/from-fetch.ts'
export type { FetchFunction, FromFetchOptions } from './lib/content/foreign/from-fetch.ts'
export { fromNode } from './lib/content/foreign/from-node.ts'
export type { FromNodeOptions } from './lib/content/foreign/from-node.ts'
export type { FastifyLike, Next, NodeApp, RequestListener } from './lib/content/foreign/node-target.ts'
export type { ServerLike, UpgradeListener } from './lib/content/foreign/node-target.ts'
export { nunjucksEngine } from './lib/content/nunjucks-engine.ts'
export type { NunjucksEnvironment, NunjucksOptions } from './lib/content/nunjucks-engine.ts'
export type { PackageDirectory } from './lib/content/package-directory.ts'
export { StaticFiles } from './lib/content/static-files.ts'
export type { Precompression, StaticFilesOptions } from './lib/content/static-options.ts'
export type { EngineOptions, TemplateContext, TemplateEngine } from './lib/content/template-engine.ts'
export { TemplateResponse, TemplateStreamResponse } from './lib/content/template-response.ts'
export type { Rendering } from './lib/content/template-response.ts'
export { Templates } from './lib/content/templates.ts'
export type { ContextProcessor, TemplatesOptions } from './lib/content/templates.ts'
export { Contract, contract } from './lib/endpoint/contract/contract.ts'
export type { ContractShape, Merged, Method, OperationDocs } from './lib/endpoint/contract/contract.ts'
export { contractEndpoint, contractOf } from './lib/endpoint/contract/contract-endpoint.ts'
export type {
  ContractFunction,
  ContractInput,
  ContractResult,
  ReplyFunction,
  ReplyTo,
} from './lib/endpoint/contract/contract-function.ts'
export { responseDeclaration } from './lib/endpoint/contract/declared-answer.ts'
export { MessageSocket } from './lib/endpoint/contract/message-socket.ts'
export type { MessageSchemas } from './lib/endpoint/contract/message-socket.ts'
export { Reply, reply } from './lib/endpoint/contract/reply.ts'
export type { ReplyOptions } from './lib/endpoint/contract/reply.ts'
export type {
  ContentOf,
  DeclaredResponse,
  ResponseDeclaration,
  Responses,
  StreamFormat,
} from './lib/endpoint/contract/response-declaration.ts'
export { ResponseDraft } from './lib/endpoint/contract/response-draft.ts'
export { StreamEvent, streamEvent } from './lib/endpoint/contract/stream-event.ts'
export type { StreamEventOptions } from './lib/endpoint/contract/stream-event.ts'
export { WebSocketContract, websocketContract } from './lib/endpoint/contract/websocket-contract.ts'
export type { WebSocketShape } from './lib/endpoint/contract/websocket-contract.ts'
export { websocketContractEndpoint, websocketContractOf } from './lib/endpoint/contract/websocket-contract-endpoint.ts'
export type { WebSocketContractFunction, WebSocketInput } from './lib/endpoint/contract/websocket-function.ts'
export { Dependency } from './lib/endpoint/dependencies/dependency.ts'
export type {
  Cleanup,
  Dependencies,
  DependencyContext,
  DependencyForm,
  DependencyInput,
  DependencyOptions,
  DependencyParts,
  MadeBy,
  Needs,
  ValueOf,
  ValuesOf,
} from './lib/endpoint/dependencies/dependency.ts'
export { depends } from './lib/endpoint/dependencies/depends.ts'
export type { DependencyClass } from './lib/endpoint/dependencies/depends.ts'
export type { Overrides, Replacement } from './lib/endpoint/dependencies/overrides.ts'
export { reachableDependencies } from './lib/endpoint/dependencies/reachable.ts'
export type { ReachedDependency } from './lib/endpoint/dependencies/reachable.ts'
export { SecurityScopes, securityScopes, withScopes } from './lib/endpoint/dependencies/scopes.ts'
export type { Endpoint, EndpointResult, FetchResponse, WebSocketFunction } from './lib/endpoint/endpoint.ts'
export { exceptionHandler } from './lib/endpoint/exception-handlers.ts'
export type { ErrorClass, ExceptionEntry, ExceptionHandler, ExceptionKey } from './lib/endpoint/exception-handlers.ts'
export { HTTPEndpoint } from './lib/endpoint/http-endpoint.ts'
export { ResponseStarted } from './lib/endpoint/response-started.ts'
export type { RouteListing } from './lib/endpoint/route-listing.ts'
export { apiKey } from './lib/endpoint/security/api-key.ts'
export type { APIKeyOptions } from './lib/endpoint/security/api-key.ts'
export { authorizationOf, insufficientScope, unauthorized } from './lib/endpoint/security/authorization.ts'
export type { AuthorizationCredentials } from './lib/endpoint/security/authorization.ts'
export { httpBasic } from './lib/endpoint/security/http-basic.ts'
export type { BasicCredentials, HTTPBasicOptions } from './lib/endpoint/security/http-basic.ts'
export { httpBearer } from './lib/endpoint/security/http-bearer.ts'
export type { HTTPBearerOptions } from './lib/endpoint/security/http-bearer.ts'
export { httpDigest } from './lib/endpoint/security/http-digest.ts'
export type { DigestCredentials, HTTPDigestOptions } from './lib/endpoint/security/http-digest.ts'
export {
  oauth2,
  oauth2AuthorizationCode,
  oauth2ClientCredentials,
  oauth2Password,
} from './lib/endpoint/security/oauth2.ts'
export type {
  OAuth2AuthorizationCodeOptions,
  OAuth2Options,
  OAuth2PasswordOptions,
} from './lib/endpoint/security/oauth2.ts'
export { oauth2PasswordForm } from './lib/endpoint/security/oauth2-password-form.ts'
export type { OAuth2PasswordFields, OAuth2PasswordForm } from './lib/endpoint/security/oauth2-password-form.ts'
export { openIdConnect } from './lib/endpoint/security/open-id-connect.ts'
export type { OpenIdConnectOptions } from './lib/endpoint/security/open-id-connect.ts'
export { SecurityScheme } from './lib/endpoint/security/security-scheme.ts'
export type {
  OAuth2Flow,
  OAuth2Flows,
  RefusesWithout,
  SecuritySchemeDescription,
  SecuritySchemeOptions,
  SecuritySchemeParts,
} from './lib/endpoint/security/security-scheme.ts'
export type { FieldError } from './lib/endpoint/validation/field-error.ts'
export type { PartName, PartSchemas, PartValues } from './lib/endpoint/validation/part.ts'
export { RequestValidationError } from './lib/endpoint/validation/request-validation-error.ts'
export type { ValidationStatus } from './lib/endpoint/validation/request-validation-error.ts'
export { ResponseValidationError } from './lib/endpoint/validation/response-validation-error.ts'
export { isSchema } from './lib/endpoint/validation/schema.ts'
export type {
  AnySchema,
  InputOf,
  Issue,
  JSONSchemaOptions,
  JSONSchemaSource,
  OutputOf,
  Schema,
  SchemaProperties,
  Validation,
} from './lib/endpoint/validation/schema.ts'
export { validationProblem } from './lib/endpoint/validation/validation-problem.ts'
export { WebSocketEndpoint } from './lib/endpoint/websocket-endpoint.ts'
export type { WebSocketEncoding } from './lib/endpoint/websocket-endpoint.ts'
export { AuthenticationError } from './lib/exceptions/authentication-error.ts'
export type { AuthenticationErrorOptions } from './lib/exceptions/authentication-error.ts'
export { BodyConsumed } from './lib/exceptions/body-consumed.ts'
export { FileUnavailable } from './lib/exceptions/file-unavailable.ts'
export { HTTPException } from './lib/exceptions/http-exception.ts'
export type { HTTPExceptionOptions } from './lib/exceptions/http-exception.ts'
export { MissingPackage } from './lib/exceptions/missing-package.ts'
export { SessionTooLarge } from './lib/exceptions/session-too-large.ts'
export { WebSocketDisconnect } from './lib/exceptions/websocket-disconnect.ts'
export { WebSocketException } from './lib/exceptions/websocket-exception.ts'
export { WebSocketFrameKind } from './lib/exceptions/websocket-frame-kind.ts'
export type { CookieAttributes } from './lib/http/cookies.ts'
export { FormData } from './lib/http/form-data.ts'
export type { FormValue } from './lib/http/form-data.ts'
export type { HeadersInit } from './lib/http/headers.ts'
export { encodeEvent, lastEventId } from './lib/http/server-sent-event.ts'
export type { ServerSentEvent } from './lib/http/server-sent-event.ts'
export type { UploadContent } from './lib/http/upload-content.ts'
export { UploadFile } from './lib/http/upload-file.ts'
export type { SaveOptions, UploadFileParts } from './lib/http/upload-file.ts'
export { Tasks } from './lib/lifetime/background.ts'
export type { TaskLog, TasksOptions } from './lib/lifetime/background.ts'
export type { Lifespan, LifespanHooks } from './lib/lifetime/lifespan.ts'
export type { BodyLimits } from './lib/request/body-limits.ts'
export type { AuthInfo } from './lib/request/auth-info.ts'
export { ConnectionHead } from './lib/request/connection-head.ts'
export type { ClientAddress, FrameworkScope } from './lib/request/connection.ts'
export type { FormLimits } from './lib/request/form/form-limits.ts'
export { FormPart } from './lib/request/form/form-part.ts'
export type { FormOptions, FormStreamOptions } from './lib/request/form/form-reader.ts'
export { Request } from './lib/request/request.ts'
export type { BodyOptions, JSONBodyOptions, StreamOptions } from './lib/request/request.ts'
export type { Task, TaskOwner, Work } from './lib/request/task-owner.ts'
export type { URLResolver } from './lib/request/url-resolver.ts'
export { WebSocket } from './lib/request/websocket.ts'
export type { AcceptOptions, JSONMessageOptions, Responder } from './lib/request/websocket.ts'
export type { Chunk, Chunks } from './lib/response/chunk-source.ts'
export { EventSourceResponse } from './lib/response/event-source-response.ts'
export type { EventSourceOptions, Events } from './lib/response/event-source-response.ts'
export type { Clock } from './lib/response/event-stream.ts'
export { FileResponse } from './lib/response/file-response.ts'
export type { FileResponseOptions } from './lib/response/file-response.ts'
export { HTMLResponse } from './lib/response/html-response.ts'
export { JSONLinesResponse } from './lib/response/json-lines-response.ts'
export type { JSONValues } from './lib/response/json-lines-response.ts'
export { JSONResponse } from './lib/response/json-response.ts'
export { PlainTextResponse } from './lib/response/plain-text-response.ts'
export { RedirectResponse } from './lib/response/redirect-response.ts'
export type { RedirectOptions } from './lib/response/redirect-response.ts'
export { Response } from './lib/response/response.ts'
export type { Background, ResponseBody, ResponseOptions } from './lib/response/response.ts'
export { StreamingResponse } from './lib/response/streaming-response.ts'
export type { StreamingOptions } from './lib/response/streaming-response.ts'
export type { Trailers } from './lib/response/trailers.ts'
export { toFetchHandler } from './lib/servers/fetch/fetch-handler.ts'
export type { FetchContext, FetchHandler, FetchOptions } from './lib/servers/fetch/fetch-handler.ts'
export { settled, toApp } from './lib/spec/app.ts'
export type { AppLike, ASGIApp, Middleware, Receive, Send } from './lib/spec/app.ts'
export { ClientDisconnected, ProtocolViolation } from './lib/spec/violations.ts'
export { equalSecrets } from './lib/storage/equal-secrets.ts'
export { MemoryStore } from './lib/storage/memory-store.ts'
export type { MemoryStoreOptions } from './lib/storage/memory-store.ts'
export { RedisStore } from './lib/storage/redis-store.ts'
export type { RedisCommands, RedisStoreOptions } from './lib/storage/redis-store.ts'
export type { Registered, SessionData, User } from './lib/storage/registered.ts'
export { Session } from './lib/storage/session.ts'
export type { SessionKey, SessionSource } from './lib/storage/session.ts'
export { Signer } from './lib/storage/signer.ts'
export type { SignerOptions, Unsigned, UnsignOptions } from './lib/storage/signer.ts'
export type { EntryOptions, Store } from './lib/storage/store.ts'
export { Application } from './routing/application.ts'
export type { ApplicationOptions } from './routing/application.ts'
export { contractRoute, websocketContractRoute } from './routing/contract-route.ts'
export type { ContractRouteOptions } from './routing/contract-route.ts'
export type { Converter, Converters } from './lib/endpoint/contract/converters.ts'
export { Host } from './routing/host.ts'
export type { HostOptions } from './routing/host.ts'
export type { IncludeOptions } from './routing/include.ts'
export { Mount } from './routing/mount.ts'
export type { MountOptions } from './routing/mount.ts'
export { NoMatchFound } from './routing/no-match-found.ts'
export type { PathParams } from './lib/endpoint/contract/path-params.ts'
export type { OpenAPIDocument } from './routing/openapi/openapi-document.ts'
export type {
  DocsOptions,
  DocsPageOptions,
  OpenAPIInfo,
  OpenAPIOptions,
  SwaggerOptions,
} from './routing/openapi/openapi-options.ts'
export { openapi } from './routing/openapi/openapi.ts'
export { openAPIRoutes } from './routing/openapi/openapi-routes.ts'
export { PathPattern } from './routing/path-pattern.ts'
export type { Routable } from './routing/routable.ts'
export { Route } from './routing/route.ts'
export type { RouteOptions } from './routing/route.ts'
export { Router } from './routing/router.ts'
export type { RouterOptions } from './routing/router.ts'
export { WebSocketRoute } from './routing/websocket-route.ts'
export type { WebSocketRouteOptions } from './routing/websocket-route.ts'
