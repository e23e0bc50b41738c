import { test } from 'tap'
import { readHandshake } from '../../../lib/servers/websocket-handshake.ts'

const good = { method: 'GET', version: '13', key: 'dGhlIHNhbXBsZSBub25jZQ==', protocol: undefined, hasBody: false }

/** Handshakes and what they come to. Source: RFC 6455 §4.2.1, §4.4, §11.3.4. */
const handshakes: ReadonlyArray<readonly [what: string, changes: object, result: object]> = [
  ['the example of the RFC', {}, { subprotocols: [] }],
  ['another method', { method: 'POST' }, { status: 405, fields: ['allow', 'GET'] }],
  [
    'no version',
    { version: undefined },
    { status: 426, fields: ['sec-websocket-version', '13', 'upgrade', 'websocket'] },
  ],
  ['version 8', { version: '8' }, { status: 426 }],
  ['versions 13, 8', { version: '13, 8' }, { status: 426 }],
  ['no key', { key: undefined }, { status: 400, text: /Key/ }],
  ['an empty key', { key: '' }, { status: 400 }],
  ['a key of 15 bytes', { key: 'dGhlIHNhbXBsZSBub25j' }, { status: 400 }],
  ['a key of other characters', { key: 'dGhlIHNhbXBsZSBub25j_Q==' }, { status: 400 }],
  ['two keys', { key: `${good.key}, ${good.key}` }, { status: 400 }],
  ['a body', { hasBody: true }, { status: 400, text: /body/ }],
  ['one subprotocol', { protocol: 'chat' }, { subprotocols: ['chat'] }],
  ['several', { protocol: 'a,b ,\t c' }, { subprotocols: ['a', 'b', 'c'] }],
  ['names of the prototype', { protocol: 'constructor, __proto__' }, { subprotocols: ['constructor', '__proto__'] }],
  ['an empty list', { protocol: '' }, { status: 400, text: /Protocol/ }],
  ['an empty name', { protocol: 'a,' }, { status: 400 }],
  ['a name twice', { protocol: 'a, b, a' }, { status: 400 }],
  ['white space that is neither SP nor HTAB', { protocol: 'a,\u00a0b' }, { status: 400, text: /Protocol/ }],
  ['a vertical tab', { protocol: 'a\v, b' }, { status: 400, text: /Protocol/ }],
  ['a name with a space', { protocol: 'a b' }, { status: 400 }],
]
for (const [what, changes, result] of handshakes) {
  test(`readHandshake: ${what}`, (t) => {
    t.match(readHandshake({ ...good, ...changes }), result)
    t.end()
  })
}
