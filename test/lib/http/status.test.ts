import { STATUS_CODES } from 'node:http'
import { test } from 'tap'
import { hasNoContent, isFinalStatus, reasonPhrase } from '../../../lib/http/status.ts'

test('reasonPhrase: the names are those of RFC 9110', async (t) => {
  t.equal(reasonPhrase(200), 'OK')
  t.equal(reasonPhrase(413), 'Content Too Large')
  t.equal(reasonPhrase(416), 'Range Not Satisfiable')
  t.equal(reasonPhrase(422), 'Unprocessable Content')
})

test('reasonPhrase: an unregistered status has none', async (t) => {
  for (const status of [0, 299, 306, 418, 999, -1, NaN]) t.equal(reasonPhrase(status), '', String(status))
})

test('reasonPhrase: every status that the platform knows has a name, except the two that are unassigned', async (t) => {
  const missing = Object.keys(STATUS_CODES).filter((status) => reasonPhrase(Number(status)) === '')
  // 418 and 509 are no registered codes, 510 is obsolete.
  t.strictSame(missing, ['418', '509', '510'])
})

test('isFinalStatus: integers from 200 to 999', async (t) => {
  for (const status of [200, 204, 418, 999]) t.equal(isFinalStatus(status), true, String(status))
  for (const status of [0, 100, 199, 1000, 200.5, NaN, '200', null, undefined]) {
    t.equal(isFinalStatus(status as number), false, String(status))
  }
})

test('hasNoContent: 204, 205 and 304, RFC 9110 §15.3.5, §15.3.6, §15.4.5', async (t) => {
  t.strictSame([200, 201, 204, 205, 206, 304, 404].filter(hasNoContent), [204, 205, 304])
})
