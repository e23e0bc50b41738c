import { Application, equalSecrets, JSONResponse, PlainTextResponse, RedirectResponse, Route } from 'stelline'
import { authentication, bearerAuth, requires, sessionAuth, sessions } from 'stelline/middleware'

const members = new Map([
  [1, { id: 1, name: 'Ada', scopes: ['read', 'write'] }],
  [2, { id: 2, name: 'Bob', scopes: ['read'] }],
])

// In earnest: from the environment, and 32 bytes of "openssl rand -base64 32".
const keys = ['a key for development, and for nothing else']
const robotToken = 'a-token-for-development'

const byLogin = sessionAuth({
  load: (id) => {
    const member = members.get(Number(id))
    return member === undefined ? null : { user: member, scopes: member.scopes }
  },
})
const byToken = bearerAuth({
  verify: (token) => (equalSecrets(token, robotToken) ? { user: { name: 'Robot' }, scopes: ['read'] } : null),
})

export default new Application({
  middleware: [sessions({ keys }), authentication({ backends: [byToken, byLogin] })],
  routes: [
    new Route('/notes', ({ user }) => new JSONResponse({ for: user?.['name'] }), { middleware: [requires('read')] }),
    new Route('/edit', () => new PlainTextResponse('Write!'), {
      middleware: [requires('write', { redirect: '/login' })],
    }),
    new Route('/login', ({ queryParams }) => new PlainTextResponse(`Log in for ${queryParams.get('next')}`)),
    new Route(
      '/login/{id:int}',
      (request) => {
        // In earnest: after a look at the password.
        byLogin.login(request, request.pathParams.id)
        return new RedirectResponse('/notes', { status: 303 })
      },
      { methods: ['POST'] },
    ),
  ],
})
