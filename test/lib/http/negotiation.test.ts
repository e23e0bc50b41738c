import { test } from 'tap'
import { acceptableEncodings, acceptableLanguages, acceptableMediaTypes } from '../../../lib/http/negotiation.ts'
import { bestMs } from '../../support/best-time.ts'

type Case = readonly [value: string | null, acceptable: readonly string[]]

/** RFC 9110 §12.5.1; the server has these. */
const mediaTypes = ['text/html', 'application/json', 'text/plain']
const accept: readonly Case[] = [
  [null, mediaTypes],
  ['*/*', mediaTypes],
  ['application/json', ['application/json']],
  ['APPLICATION/JSON', ['application/json']],
  ['text/*', ['text/html', 'text/plain']],
  ['text/plain, text/html', ['text/plain', 'text/html']],
  ['text/html;q=0.5, application/json', ['application/json', 'text/html']],
  ['text/*;q=0.3, text/plain;q=0.7, */*;q=0.5', ['text/plain', 'application/json', 'text/html']],
  ['text/html;q=0, */*', ['application/json', 'text/plain']],
  ['*/*;q=0', []],
  ['text/html;q=0', []],
  ['image/png', []],
  ['image/png, */*;q=0.1', mediaTypes],
  ['text/html;level=1', []],
  ['', []],
  ['nonsense', []],
  ['__proto__, constructor', []],
]

for (const [value, acceptable] of accept) {
  test(`acceptableMediaTypes: ${JSON.stringify(value)}`, async (t) => {
    t.strictSame(acceptableMediaTypes(value, mediaTypes), acceptable)
  })
}

/** RFC 9110 §12.5.3; the server prefers them in this order. */
const encodings = ['br', 'zstd', 'gzip', 'identity']
const acceptEncoding: readonly Case[] = [
  [null, ['identity']],
  ['', ['identity']],
  ['gzip', ['gzip', 'identity']],
  ['gzip, deflate, br, zstd', ['br', 'zstd', 'gzip', 'identity']],
  ['gzip, br', ['br', 'gzip', 'identity']],
  ['GZIP', ['gzip', 'identity']],
  ['br;q=0.5, gzip;q=1.0', ['gzip', 'br', 'identity']],
  ['*', ['br', 'zstd', 'gzip', 'identity']],
  ['br;q=0, *', ['zstd', 'gzip', 'identity']],
  ['identity, gzip;q=0.5', ['identity', 'gzip']],
  ['identity;q=0, gzip', ['gzip']],
  ['*;q=0', []],
  ['compress', ['identity']],
  ['gzip;q=0', ['identity']],
]

for (const [value, acceptable] of acceptEncoding) {
  test(`acceptableEncodings: ${JSON.stringify(value)}`, async (t) => {
    t.strictSame(acceptableEncodings(value, encodings), acceptable)
  })
}

/** RFC 9110 §12.5.4. */
const languages = ['en', 'de-CH', 'de']
const acceptLanguage: readonly Case[] = [
  [null, languages],
  ['*', languages],
  ['de', ['de', 'de-CH']],
  ['de-CH', ['de-CH', 'de']],
  ['DE-ch', ['de-CH', 'de']],
  ['en-GB', ['en']],
  ['fr, en;q=0.5', ['en']],
  ['en;q=0.5, de;q=0.9', ['de', 'de-CH', 'en']],
  ['en;q=0, *', ['de-CH', 'de']],
  ['fr', []],
]

for (const [value, acceptable] of acceptLanguage) {
  test(`acceptableLanguages: ${JSON.stringify(value)}`, async (t) => {
    t.strictSame(acceptableLanguages(value, languages), acceptable)
  })
}

test('acceptableMediaTypes: a value beyond 4,096 characters counts as absent', async (t) => {
  t.strictSame(acceptableMediaTypes('a/b,'.repeat(1025), mediaTypes), mediaTypes)
})

/** GHSA-8j4g-w8fx-2239 and kin: values that took long to split. */
const floods: readonly string[] = [' ', ',', ';', 'a/b,', 'a/b;q=', '"', 'gzip;q=0.5,', '\t,', 'a/b;c="']

for (const part of floods) {
  test(`acceptableMediaTypes and its kin: a header full of ${JSON.stringify(part)} takes no time`, async (t) => {
    const value = part.repeat(Math.floor(4096 / part.length))
    const timeMs = bestMs(() => {
      acceptableMediaTypes(value, mediaTypes)
      acceptableEncodings(value, encodings)
      acceptableLanguages(value, languages)
    })
    t.ok(timeMs < 50)
  })
}
