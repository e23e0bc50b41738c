import { randomBytes } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { depends, HTTPException, insufficientScope, oauth2Password, securityScopes } from 'stelline'
import { z } from 'zod'

/** What a token says of who has it. */
interface Bearer {
  readonly name: string
  readonly scopes: readonly string[]
}

// A secret of one's own makes tokens outlive the process.
const secret = new TextEncoder().encode(process.env['STORE_SECRET'] ?? randomBytes(32).toString('hex'))

export const scopes = { 'items:write': 'Add, change and remove your items' }
export const tokenSeconds = 3600

export function makeToken({ name, scopes: granted }: Bearer): Promise<string> {
  return new SignJWT({ scope: granted.join(' ') })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(name)
    .setExpirationTime(`${tokenSeconds}s`)
    .sign(secret)
}

async function bearerOf(token: string): Promise<Bearer> {
  try {
    const { payload } = await jwtVerify(token, secret, { algorithms: ['HS256'] })
    return { name: payload.sub ?? '', scopes: String(payload['scope']).split(' ') }
  } catch (cause) {
    const headers = { 'www-authenticate': 'Bearer error="invalid_token"' }
    throw new HTTPException(401, { detail: 'The token does not hold', headers, cause })
  }
}

const token = oauth2Password({ tokenUrl: '/token', scopes })

/** Who makes the request; the token has to have the scopes that are asked for. */
export const currentUser = depends({ token, asked: securityScopes }, async ({ token: text, asked }) => {
  const { name, scopes: granted } = await bearerOf(text)
  if (asked.missingFrom(granted).length > 0) throw insufficientScope(asked.names)
  return { name }
})

/** Who opens a WebSocket: browsers can send a token in the query alone. */
export const chatUser = depends({ query: z.object({ token: z.string() }) }, ({ query }) => bearerOf(query.token))
