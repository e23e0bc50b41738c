import fc from 'fast-check'
import { test } from 'tap'
import { parseCookies, serializeCookie } from '../../../lib/http/cookies.ts'
import { formatEntityTag, parseEntityTag, parseEntityTags } from '../../../lib/http/entity-tag.ts'
import { parseForwarded, parseForwardedList, parseForwardedNode } from '../../../lib/http/forwarded.ts'
import { Headers } from '../../../lib/http/headers.ts'
import { formatHTTPDate, parseHTTPDate } from '../../../lib/http/http-date.ts'
import { listMembers } from '../../../lib/http/list-members.ts'
import { parseMediaType } from '../../../lib/http/media-type.ts'
import { acceptableEncodings, acceptableLanguages, acceptableMediaTypes } from '../../../lib/http/negotiation.ts'
import { QueryParams } from '../../../lib/http/query-params.ts'
import { encodeEvent } from '../../../lib/http/server-sent-event.ts'
import { requestURL } from '../../../lib/http/url.ts'

/*
 * What is written can be read again, and nothing that a client may send makes a reader fail.
 */

const tokenCharacters = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".split('')
const token = fc.string({ unit: fc.constantFrom(...tokenCharacters), minLength: 1, maxLength: 12 })
/** RFC 9110 §5.6.4: what a quoted string may hold. */
const quotable = fc.string({ unit: fc.constantFrom(...'\t "\\,;=/aZ09\x80\xff'.split('')), maxLength: 12 })
/** What stands in fields of every kind, so that random values get far into a parser. */
const fieldText = fc.string({
  unit: fc.constantFrom(...' \t,;=:/"\\*-.%[]()<>@?0129azAZWbytes\x80\xff'.split('')),
  maxLength: 60,
})
const runs = { seed: 1, numRuns: 1000 }

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`

test('parseMediaType: reads every parameter that is written as a token or a quoted string', async (t) => {
  const parameters = fc.uniqueArray(fc.tuple(token, quotable), {
    selector: ([name]) => name.toLowerCase(),
    maxLength: 4,
  })
  const property = fc.property(token, token, parameters, (type, subtype, list) => {
    const value = `${type}/${subtype}${list.map(([name, text]) => `; ${name}=${quoted(text)}`).join('')}`
    const read = parseMediaType(value)
    const expected = list.map(([name, text]) => [name.toLowerCase(), text])
    return (
      read?.essence === `${type}/${subtype}`.toLowerCase() &&
      JSON.stringify([...read.parameters]) === JSON.stringify(expected)
    )
  })
  t.doesNotThrow(() => fc.assert(property, runs))
})

test('parseForwarded: reads every element that is written as tokens or quoted strings', async (t) => {
  const element = fc.record({ for: quotable, host: quotable, proto: quotable, by: quotable })
  const property = fc.property(fc.array(element, { maxLength: 4 }), (elements) => {
    const value = elements
      .map((one) =>
        Object.entries(one)
          .map(([name, text]) => `${name}=${quoted(text)}`)
          .join(';'),
      )
      .join(', ')
    return (
      JSON.stringify(parseForwarded(value)?.map(({ for: f, host, proto, by }) => ({ for: f, host, proto, by }))) ===
      JSON.stringify(elements)
    )
  })
  t.doesNotThrow(() => fc.assert(property, runs))
})

test('parseEntityTags: reads every list of tags that is written', async (t) => {
  const opaque = fc.string({ unit: fc.constantFrom(...'!#,;W/az~\x80\xff'.split('')), maxLength: 8 })
  const tags = fc.array(fc.record({ opaque, weak: fc.boolean() }), { maxLength: 5 })
  const property = fc.property(tags, (list) => {
    const one = list[0]
    if (one !== undefined && JSON.stringify(parseEntityTag(formatEntityTag(one))) !== JSON.stringify(one)) return false
    return JSON.stringify(parseEntityTags(list.map(formatEntityTag).join(' , '))) === JSON.stringify(list)
  })
  t.doesNotThrow(() => fc.assert(property, runs))
})

test('parseHTTPDate: reads every date that is written, to the second', async (t) => {
  const secondsOfYears100To9999 = fc.integer({ min: -59_011_459_200, max: 253_402_300_799 })
  const property = fc.property(
    secondsOfYears100To9999,
    (seconds) => parseHTTPDate(formatHTTPDate(seconds * 1000)) === seconds * 1000,
  )
  t.doesNotThrow(() => fc.assert(property, runs))
})

test('parseCookies: reads every text that is set', async (t) => {
  const property = fc.property(token, fc.string({ unit: 'grapheme' }), (name, value) => {
    if (/^__(?:host|secure)-/i.test(name)) return true
    return parseCookies(`x=1; ${serializeCookie(name, value)}; y=2`).get(name) === (name === 'x' ? '1' : value)
  })
  t.doesNotThrow(() => fc.assert(property, runs))
})

test('QueryParams: reads every pair that is written', async (t) => {
  const pairs = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), { maxLength: 6 })
  const property = fc.property(pairs, (list) => {
    const read = new QueryParams(new QueryParams(list).toString())
    return JSON.stringify([...read]) === JSON.stringify(list)
  })
  t.doesNotThrow(() => fc.assert(property, runs))
})

test('QueryParams: reads ASCII as the WHATWG parser does', async (t) => {
  const query = fc.string({ unit: fc.constantFrom(...'&=+%;?#aF0 '.split('')), maxLength: 40 })
  const property = fc.property(query, (text) => {
    const platform = [...new URLSearchParams(`?${text}`)]
    return JSON.stringify([...new QueryParams(text)]) === JSON.stringify(platform)
  })
  t.doesNotThrow(() => fc.assert(property, runs))
})

test('encodeEvent: a reader of event streams gets the data back, with its line ends as LF', async (t) => {
  const text = fc.string({ unit: fc.constantFrom(...'\r\n: da\0é'.split('')), maxLength: 20 })
  const property = fc.property(text, (data) => {
    const lines = encodeEvent({ data }).split('\n')
    const read = lines.slice(0, -2).map((line) => line.replace(/^data: /, ''))
    return lines.at(-1) === '' && lines.at(-2) === '' && read.join('\n') === data.replace(/\r\n|\r/g, '\n')
  })
  t.doesNotThrow(() => fc.assert(property, runs))
})

test('Headers: what is put in comes out, whatever the case of the names', async (t) => {
  const property = fc.property(fc.array(fc.tuple(token, fieldText), { maxLength: 8 }), (pairs) => {
    const headers = new Headers(pairs)
    return pairs.every(([name]) => {
      const values = pairs.filter(([other]) => other.toLowerCase() === name.toLowerCase()).map(([, value]) => value)
      return headers.get(name.toUpperCase()) === values.join(', ') && headers.getAll(name).length === values.length
    })
  })
  t.doesNotThrow(() => fc.assert(property, runs))
})

/** Readers of what clients send: each gives an answer to every text. */
const readers: readonly (readonly [name: string, read: (text: string) => unknown])[] = [
  ['parseMediaType', parseMediaType],
  ['parseForwarded', parseForwarded],
  ['parseForwardedList', parseForwardedList],
  ['parseForwardedNode', parseForwardedNode],
  ['parseEntityTags', parseEntityTags],
  ['parseHTTPDate', (text) => parseHTTPDate(text)],
  ['parseCookies', parseCookies],
  ['listMembers', listMembers],
  ['acceptableMediaTypes', (text) => acceptableMediaTypes(text, ['text/html', 'application/json'])],
  ['acceptableEncodings', (text) => acceptableEncodings(text, ['br', 'gzip', 'identity'])],
  ['acceptableLanguages', (text) => acceptableLanguages(text, ['de', 'en'])],
]

for (const [name, read] of readers) {
  test(`${name}: no field makes it fail`, async (t) => {
    const property = fc.property(fieldText, (text) => void read(text))
    t.doesNotThrow(() => fc.assert(property, runs))
  })
}

test('requestURL: no Host, path or query makes it fail or name another authority', async (t) => {
  const text = fc.string({ unit: fc.constantFrom(...'/\\@:?#%[].0aé \t'.split('')), maxLength: 20 })
  const bytes = fc.string({ unit: fc.constantFrom(...'/\\@:?#%[].0a \t\xe9'.split('')), maxLength: 20 })
  const property = fc.property(bytes, text, bytes, (host, path, query) => {
    const url = requestURL({
      scheme: 'http',
      path,
      raw_path: null,
      query_string: query,
      headers: [['host', host]],
      server: ['server.example', 80],
    })
    return url.host === 'server.example' || url.host === new URL(`http://${host}`).host
  })
  t.doesNotThrow(() => fc.assert(property, runs))
})
