/*
 * The names of URLs: what must compile and what must not. Nothing here runs: the type check of the project reads it.
 */

/* oxlint-disable no-new, no-unused-expressions -- only the types matter here */
import { Application, Host, Mount, PathPattern, PlainTextResponse, Route, Router, WebSocketRoute } from '../../index.ts'

const page = (): PlainTextResponse => new PlainTextResponse()

const date = {
  regex: /[0-9]{4}-[0-9]{2}-[0-9]{2}/,
  convert: (text: string) => (Number.isNaN(Date.parse(text)) ? undefined : new Date(text)),
  format: (value: Date) => value.toISOString(),
}
const path = PathPattern.using({ date })

const adminRoutes = [
  new Route('/', page, { name: 'home' }),
  new Route('/users/{id:int}', page, { name: 'user' }),
] as const

const routes = [
  new Route('/', page, { name: 'home' }),
  new Route('/unnamed', page),
  new Route('/users/{id:int}', page, { name: 'user' }),
  new Route(path('/days/{day:date}'), page, { name: 'day' }),
  new WebSocketRoute('/rooms/{room}', async (websocket) => websocket.accept(), { name: 'room' }),
  new Mount('/admin', adminRoutes, { name: 'admin' }),
  new Mount('/orgs/{org}', new Router({ routes: adminRoutes }), { name: 'org' }),
  new Mount('/plain', [new Route('/below', page, { name: 'below' })]),
  new Mount('/files', new Router(), { name: 'files' }),
  new Host('{tenant}.example.org', new Application({ routes: adminRoutes }), { name: 'tenant' }),
] as const

const app = new Application({ routes, lifespan: async () => ({ number: 1 }) })

app.urlPathFor('home')
app.urlPathFor('user', { id: 1 })
app.urlPathFor('day', { day: new Date() })
app.urlPathFor('room', { room: 'tea' })
app.urlPathFor('admin:home')
app.urlPathFor('admin:user', { id: 1 })
app.urlPathFor('admin', { path: '/a.css' })
app.urlPathFor('org:home', { org: 'acme' })
app.urlPathFor('org:user', { org: 'acme', id: 1 })
app.urlPathFor('below')
app.urlPathFor('tenant:user', { tenant: 'acme', id: 1 })
// What is below an app whose table is not constant is not known.
app.urlPathFor('files:anything', { goes: true })

// @ts-expect-error -- no route has the name
app.urlPathFor('usr', { id: 1 })
// @ts-expect-error -- the compiler does not know names of functions
app.urlPathFor('page')
// @ts-expect-error -- no route has the name without that of its mount
app.urlPathFor('admin:usr')
// @ts-expect-error -- the parameter is missing
app.urlPathFor('user')
// @ts-expect-error -- the parameter is missing
app.urlPathFor('user', {})
// @ts-expect-error -- the parameter is a number
app.urlPathFor('user', { id: '1' })
// @ts-expect-error -- a parameter too many
app.urlPathFor('user', { id: 1, page: 2 })
// @ts-expect-error -- the route has no parameters
app.urlPathFor('home', { id: 1 })
// @ts-expect-error -- the parameter is a Date
app.urlPathFor('day', { day: '2024-01-01' })
// @ts-expect-error -- the parameter of the mount is missing
app.urlPathFor('org:user', { id: 1 })
// @ts-expect-error -- the parameter of the host is missing
app.urlPathFor('tenant:home')

// The state is typed beside the names.
app.get('/number', (request) => new PlainTextResponse(request.state.number.toFixed()))

// Tables that are not constant keep strings.
const changing = [new Route('/users/{id:int}', page, { name: 'user' })]
new Application({ routes: changing }).urlPathFor('anything', { goes: true })
new Application().get('/', page).urlPathFor('anything')
const anyName: string = 'made/at/run/time'
new Router().urlPathFor(anyName, { id: 1 })

// An application with a constant table is an application.
function install(any: Application, router: Router): void {
  any.urlPathFor(anyName)
  router.urlPathFor(anyName)
}
install(new Application({ routes }), new Router({ routes }))

// What is taken in shares the state.
const users = new Router<{ number: number }>().get('/', (request) => new PlainTextResponse(`${request.state.number}`))
app.include(users, { prefix: '/users', tags: ['users'], name: 'users' })
// @ts-expect-error -- the routes of this router need another state
app.include(new Router<{ cache: Map<string, string> }>())
// @ts-expect-error -- an include has no methods
app.include(users, { methods: ['GET'] })

// Converters that are registered once are typed in every path.
app.get(path('/{day:date}/{id:int}'), (request) => new PlainTextResponse(request.pathParams.day.toISOString()))
// @ts-expect-error -- the path has no such parameter
app.get(path('/{day:date}'), (request) => new PlainTextResponse(request.pathParams.id))
