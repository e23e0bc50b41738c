import { HTTPException } from '../exceptions/http-exception.ts'
import type { Request } from '../request/request.ts'
import type { ASGIApp } from '../spec/app.ts'
import { endpointApp } from './endpoint-app.ts'
import type { Endpoint, EndpointResult } from './endpoint.ts'
import { answerHTTPException } from './default-handlers.ts'
import { progressOf } from './progress.ts'

/** The methods that a class may answer, by the names of its methods. Nothing else of it can be asked for. */
const verbs: ReadonlyMap<string, string> = new Map(
  ['GET', 'HEAD', 'QUERY', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => [method, method.toLowerCase()]),
)

/**
 * An endpoint whose methods are those of HTTP: `get(request)`, `post(request)`, `query`, `put`, `patch`, `delete`, `head`
 * and `options`. HEAD is answered by `get` unless there is a `head`. A new object is made for each request, so that its
 * fields are those of the request. A route takes the class; the class alone is an app.
 */
// oxlint-disable-next-line typescript/no-extraneous-class -- classes that extend it have the methods
export abstract class HTTPEndpoint {
  /** The methods that the class answers, HEAD with GET. */
  static get methods(): readonly string[] {
    const own = [...verbs].filter(([, name]) => typeof memberOf(this, name) === 'function').map(([method]) => method)
    return own.includes('GET') && !own.includes('HEAD') ? own.flatMap(withHead) : own
  }

  /**
   * The class as an app, which answers 405 with `allow` to a method that it does not have.
   *
   * @throws TypeError for a class without any of the methods.
   */
  static get asgi(): ASGIApp {
    const { methods } = this
    if (methods.length === 0) {
      throw new TypeError(
        `Cannot use the class "${this.name}" as an endpoint: it has no method such as get(), expected one at least, and no arrow functions`,
      )
    }
    const make = this as unknown as new () => HTTPEndpoint
    return endpointApp((request) => dispatch(make, methods, request))
  }
}

/** Whether a value is a class that extends {@link HTTPEndpoint}. */
export function isHTTPEndpoint(value: unknown): value is typeof HTTPEndpoint {
  return typeof value === 'function' && value.prototype instanceof HTTPEndpoint
}

function dispatch(
  make: new () => HTTPEndpoint,
  methods: readonly string[],
  request: Request,
): EndpointResult | Promise<EndpointResult> {
  const { method } = request
  if (!methods.includes(method)) return refuse(methods, request)
  const endpoint = new make()
  const name = method === 'HEAD' && memberOf(make, 'head') === undefined ? 'get' : verbs.get(method)!
  return (endpoint as unknown as Readonly<Record<string, Endpoint>>)[name]!(request)
}

/** Within an application the answer is up to its exception handlers. */
function refuse(methods: readonly string[], request: Request): EndpointResult {
  const exception = new HTTPException(405, { headers: { allow: methods.join(', ') } })
  if (progressOf(request.scope)?.handlers) throw exception
  return answerHTTPException(exception)
}

function withHead(method: string): string[] {
  return method === 'GET' ? ['GET', 'HEAD'] : [method]
}

function memberOf(endpoint: { readonly prototype: HTTPEndpoint }, name: string): unknown {
  return (endpoint.prototype as unknown as Readonly<Record<string, unknown>>)[name]
}
