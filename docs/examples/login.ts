import { randomUUID } from 'node:crypto'
import { Application, equalSecrets, JSONResponse, PlainTextResponse, RedirectResponse } from 'stelline'
import { sessions } from 'stelline/middleware'

/** In earnest: a database, and passwords hashed with `scrypt` of node:crypto. */
const passwords = new Map([['ada', 'analytical']])

// In earnest: SESSION_KEYS, made by "openssl rand -base64 32"; the newest key first.
const keys = process.env['SESSION_KEYS']?.split(' ') ?? ['a key for development, and for nothing else']

const app = new Application({ middleware: [sessions({ keys, rolling: true })] })

app.post('/login', async (request) => {
  const form = await request.form()
  const [name, password] = [form.get('name'), form.get('password')]
  if (typeof name !== 'string' || typeof password !== 'string') return new PlainTextResponse('No.', { status: 400 })
  // Nobody has a random password: a name that does not exist takes as long as a wrong password.
  if (!equalSecrets(password, passwords.get(name) ?? randomUUID())) return new PlainTextResponse('No.', { status: 403 })
  request.session.clear()
  request.session.rotate()
  request.session.set('name', name)
  return new RedirectResponse('/', { status: 303 })
})

app.post('/logout', ({ session }) => {
  session.clear()
  return new RedirectResponse('/', { status: 303 })
})

app.get('/', ({ session }) => new JSONResponse({ name: session.get('name') ?? null }))

export default app
