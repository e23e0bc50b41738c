import { randomBytes } from 'node:crypto'
import { jwtVerify, SignJWT } from 'jose'
import { depends, HTTPException, insufficientScope, oauth2Password, securityScopes } from 'stelline'

/** What a token says of who has it. */
interface Bearer {
  readonly name: string
  readonly scopes: readonly string[]
}

/**
 * Makes the key of the tokens. A secret of one's own makes them outlive the process.
 *
 * @throws TypeError for a secret that is shorter than the hash: RFC 7518, 3.2.
 */
export function signingKey(secret: string | undefined): Uint8Array {
  const key = secret === undefined ? randomBytes(32) : new TextEncoder().encode(secret)
  if (key.length >= 32) return key
  throw new TypeError(`Cannot sign tokens with STORE_SECRET: it has ${key.length} bytes, expected at least 32`)
}

const key = signingKey(process.env['STORE_SECRET'])

export const scopes = { 'items:write': 'Add, change and remove your items' }
export const tokenSeconds = 3600

export function makeToken({ name, scopes: granted }: Bearer): Promise<string> {
  return new SignJWT({ scope: granted.join(' ') })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(name)
    .setExpirationTime(`${tokenSeconds}s`)
    .sign(key)
}

async function bearerOf(token: string): Promise<Bearer> {
  try {
    const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'] })
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
