import { test } from 'tap'
import { parseHost } from '../../../lib/http/host.ts'

// RFC 9110 §7.2, RFC 3986 §3.2.2
const hosts: ReadonlyArray<readonly [value: string, name: string, port: number | null]> = [
  ['example.org', 'example.org', null],
  ['Example.ORG:8000', 'example.org', 8000],
  ['example.org.', 'example.org', null],
  ['my_service', 'my_service', null],
  ['192.0.2.1:80', '192.0.2.1', 80],
  ['[::1]', '[::1]', null],
  ['[2001:DB8:0:0:0:0:0:1]:443', '[2001:db8::1]', 443],
]

for (const [value, name, port] of hosts) {
  test(`parseHost: reads ${value}`, async (t) => {
    t.strictSame(parseHost(value), { name, port })
  })
}

const malformed = [
  '',
  ' ',
  'example.org:',
  'example.org:99999',
  'example.org:8a',
  'user@example.org',
  'evil.com:fake@legit',
  'example.org/abc?bar=',
  'localhost:3000/x?',
  'example.org, evil.com',
  'a b',
  '.example.org',
  'a..b',
  '[::1',
  '[::g]',
  '[1.2.3.4]',
  '::1',
  '1.2.3.4.5',
  '256.1.1.1',
  'exämple.org',
  'example.org\\x',
]

for (const value of malformed) {
  test(`parseHost: refuses ${JSON.stringify(value)}`, async (t) => {
    t.equal(parseHost(value), null)
  })
}
