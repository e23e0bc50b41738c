import { test } from 'tap'
import { httpBasic } from '../../../../lib/endpoint/security/http-basic.ts'
import { httpDigest } from '../../../../lib/endpoint/security/http-digest.ts'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'

/** The parameters that every answer has but the name of the user. */
const rest = 'realm="api", nonce="n", uri="/", response="r"'

/** What the scheme takes out of the bytes of a field; `null` when there are no credentials. */
async function taken(field: string): Promise<Record<string, string> | null> {
  const app = new Application()
  const digest = httpDigest({ autoError: false })
  app.get('/', { dependencies: { digest } }, ({ digest: found }) => (found === null ? null : Object.fromEntries(found)))
  const value = Buffer.from(field).toString('latin1')
  await using client = await TestClient.open(app)
  return (await client.get('/', { headers: [['authorization', value]] })).json()
}

const userNames: readonly (readonly [parameter: string, username: string])[] = [
  ['username="ann"', 'ann'],
  ['username="jürg"', 'jürg'],
  ['username="Юрий"', 'Юрий'],
  ["username*=UTF-8''J%C3%A4s%C3%B8n%20Doe", 'Jäsøn Doe'],
  ["username*=utf-8'de'J%c3%bcrg", 'Jürg'],
]

for (const [parameter, username] of userNames) {
  test(`httpDigest: reads ${parameter}`, async (t) => {
    t.match(await taken(`Digest ${parameter}, ${rest}`), { username, realm: 'api' })
    t.notOk('username*' in (await taken(`Digest ${parameter}, ${rest}`))!)
  })
}

/** RFC 9110 §5.6.1.2: empty elements count for nothing; §11.2: there may be white space around the sign. */
const lists: readonly string[] = [
  `username="x",, ${rest}`,
  `, username="x", ${rest}`,
  `username="x", ${rest},`,
  `username="x", ${rest} , \t,`,
  `username = "x" ,\t${rest}`,
]

for (const list of lists) {
  test(`httpDigest: takes the list ${JSON.stringify(list)}`, async (t) => {
    t.strictSame(await taken(`Digest ${list}`), { username: 'x', realm: 'api', nonce: 'n', uri: '/', response: 'r' })
  })
}

const refused: readonly (readonly [what: string, credentials: string])[] = [
  ['no name of the user', rest],
  ['two names of the user', `username="x", username*=UTF-8''x, ${rest}`],
  ['a name that is no UTF-8', `username*=UTF-8''%ff, ${rest}`],
  ['a name in another coding', `username*=ISO-8859-1''x, ${rest}`],
  ['a quality of protection without a nonce of the client', `username="x", ${rest}, qop=auth, nc=00000001`],
  ['a quality of protection without a count', `username="x", ${rest}, qop=auth, cnonce="c"`],
  ['a count that is none', `username="x", ${rest}, qop=auth, cnonce="c", nc=1`],
  ['a quotation mark that is open', `username="x, ${rest}`],
  ['no comma', `username="x" realm="api"`],
]

for (const [what, parameters] of refused) {
  test(`httpDigest: treats credentials with ${what} as absent`, async (t) => {
    t.equal(await taken(`Digest ${parameters}`), null)
  })
}

test('httpDigest: a name in the bytes of another coding is treated as absent', async (t) => {
  const app = new Application()
  const digest = httpDigest({ autoError: false })
  app.get('/', { dependencies: { digest } }, ({ digest: found }) => found?.size ?? null)
  await using client = await TestClient.open(app)
  t.equal(
    await (await client.get('/', { headers: [['authorization', `Digest username="j\xfcrg", ${rest}`]] })).json(),
    null,
  )
})

for (const scheme of [httpBasic, httpDigest]) {
  for (const realm of ['Склад', 'a\nb', 'Grüße', 1 as never]) {
    test(`${scheme.name}: the realm ${JSON.stringify(realm)} is refused when the scheme is made`, (t) => {
      t.throws(() => scheme({ realm }), { name: 'TypeError', message: /Cannot ask for credentials with the realm/ })
      t.end()
    })
  }
}
