import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Uint8Array, number, Buffer>(scrypt)
const keyBytes = 32

/** Returns what is kept of a password: a salt, and a hash that takes time to find. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const key = await derive(password, salt, keyBytes)
  return `${salt.toString('hex')}:${key.toString('hex')}`
}

/** Tells whether a password is the one that was kept. For a user who is not known it takes as long as for others. */
export async function isPassword(password: string, kept: string | null): Promise<boolean> {
  const [salt, key] = (kept ?? `${'00'.repeat(16)}:${'00'.repeat(keyBytes)}`).split(':')
  const found = await derive(password, Buffer.from(salt!, 'hex'), keyBytes)
  return timingSafeEqual(found, Buffer.from(key!, 'hex')) && kept !== null
}
