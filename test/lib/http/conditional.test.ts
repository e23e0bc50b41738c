import { test } from 'tap'
import { evaluateConditions, ifRangeHolds } from '../../../lib/http/conditional.ts'
import type { Validators, Verdict } from '../../../lib/http/conditional.ts'
import { Headers } from '../../../lib/http/headers.ts'

const changed = 'Sun, 06 Nov 1994 08:49:37 GMT'
const before = 'Sun, 06 Nov 1994 08:49:36 GMT'
const after = 'Sun, 06 Nov 1994 08:49:38 GMT'
/** With parts of a second, which a date does not tell. */
const changedMs = Date.parse(changed) + 250.5
const current: Validators = { etag: '"a"', lastModifiedMs: changedMs }

type Case = readonly [method: string, headers: Record<string, string>, verdict: Verdict, current?: Validators]

const proceed = 'proceed'
const same = 'not modified'
const failed = 'precondition failed'

/** RFC 9110 §13.1 and the order of §13.2.2. */
const cases: readonly Case[] = [
  ['GET', {}, proceed],
  // §13.1.1 If-Match: strong comparison.
  ['GET', { 'if-match': '"a"' }, proceed],
  ['GET', { 'if-match': '"b", "a"' }, proceed],
  ['GET', { 'if-match': '"b"' }, failed],
  ['GET', { 'if-match': 'W/"a"' }, failed],
  ['GET', { 'if-match': '"a"' }, failed, { etag: 'W/"a"' }],
  ['GET', { 'if-match': '"a"' }, failed, {}],
  ['GET', { 'if-match': 'a' }, failed],
  ['GET', { 'if-match': '*' }, proceed],
  ['PUT', { 'if-match': '*' }, failed, { exists: false }],
  ['PUT', { 'if-match': '"a"' }, proceed],
  ['PUT', { 'if-match': '"b"' }, failed],
  // §13.1.2 If-None-Match: weak comparison.
  ['GET', { 'if-none-match': '"a"' }, same],
  ['HEAD', { 'if-none-match': '"a"' }, same],
  ['GET', { 'if-none-match': 'W/"a"' }, same],
  ['GET', { 'if-none-match': '"b", W/"c" , "a"' }, same],
  ['GET', { 'if-none-match': '"b"' }, proceed],
  ['GET', { 'if-none-match': 'a' }, proceed],
  ['GET', { 'if-none-match': '"a"' }, same, { etag: 'W/"a"' }],
  ['GET', { 'if-none-match': '"a"' }, proceed, { etag: null }],
  ['GET', { 'if-none-match': '"a"' }, proceed, { etag: 'a' }],
  ['GET', { 'if-none-match': '*' }, same],
  ['PUT', { 'if-none-match': '*' }, failed],
  ['PUT', { 'if-none-match': '*' }, proceed, { exists: false }],
  ['DELETE', { 'if-none-match': '"a"' }, failed],
  // §13.1.3 If-Modified-Since: only GET and HEAD, only where there is no If-None-Match.
  ['GET', { 'if-modified-since': changed }, same],
  ['HEAD', { 'if-modified-since': after }, same],
  ['GET', { 'if-modified-since': before }, proceed],
  ['GET', { 'if-modified-since': 'Sunday, 06-Nov-94 08:49:37 GMT' }, same],
  ['GET', { 'if-modified-since': 'yesterday' }, proceed],
  ['GET', { 'if-modified-since': `${changed}, ${changed}` }, proceed],
  ['GET', { 'if-modified-since': changed }, proceed, { lastModifiedMs: null }],
  ['GET', { 'if-modified-since': changed }, proceed, {}],
  ['POST', { 'if-modified-since': after }, proceed],
  ['GET', { 'if-none-match': '"b"', 'if-modified-since': after }, proceed],
  ['GET', { 'if-none-match': 'a', 'if-modified-since': after }, proceed],
  ['GET', { 'if-none-match': '"a"', 'if-modified-since': before }, same],
  // §13.1.4 If-Unmodified-Since: only where there is no If-Match.
  ['GET', { 'if-unmodified-since': changed }, proceed],
  ['GET', { 'if-unmodified-since': before }, failed],
  ['PUT', { 'if-unmodified-since': before }, failed],
  ['GET', { 'if-unmodified-since': 'yesterday' }, proceed],
  ['GET', { 'if-unmodified-since': before }, proceed, {}],
  ['GET', { 'if-match': '"a"', 'if-unmodified-since': before }, proceed],
  ['GET', { 'if-match': '"b"', 'if-unmodified-since': after }, failed],
  // §13.2.2: the conditions that protect come first.
  ['GET', { 'if-match': '"b"', 'if-none-match': '"a"' }, failed],
  ['GET', { 'if-match': '"a"', 'if-none-match': '"a"' }, same],
  ['GET', { 'if-unmodified-since': before, 'if-modified-since': after }, failed],
]

for (const [method, headers, verdict, validators = current] of cases) {
  const what = `${method} ${JSON.stringify(headers)}${validators === current ? '' : ` of ${JSON.stringify(validators)}`}`
  test(`evaluateConditions: ${what}: ${verdict}`, async (t) => {
    t.equal(evaluateConditions({ method, headers: new Headers(headers) }, validators), verdict)
  })
}

/** RFC 9110 §13.1.5. */
const ranges: readonly (readonly [ifRange: string | null, holds: boolean, current?: Validators])[] = [
  [null, true],
  ['"a"', true],
  ['"b"', false],
  ['W/"a"', false],
  ['"a"', false, { etag: 'W/"a"' }],
  ['"a"', false, {}],
  ['"a", "b"', false],
  ['*', false],
  [changed, true],
  [before, false],
  [after, false],
  ['Sun Nov  6 08:49:37 1994', true],
  [changed, false, {}],
  [changed, false, { lastModifiedMs: null }],
  ['yesterday', false],
  ['', false],
]

for (const [ifRange, holds, validators = current] of ranges) {
  test(`ifRangeHolds: ${JSON.stringify(ifRange)} of ${JSON.stringify(validators)}: ${holds}`, async (t) => {
    t.equal(ifRangeHolds(new Headers(ifRange === null ? {} : { 'if-range': ifRange }), validators), holds)
  })
}
