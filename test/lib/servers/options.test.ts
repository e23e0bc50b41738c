import { test } from 'tap'
import { defaultLimits, defaultWebSocketLimits, withDefaultLimits } from '../../../lib/servers/options.ts'

test('withDefaultLimits: what is not given is the default', (t) => {
  t.same(withDefaultLimits({}, defaultLimits), defaultLimits)
  t.same(withDefaultLimits({ maxHeaderBytes: undefined as never }, defaultLimits), defaultLimits)
  t.same(withDefaultLimits({ compression: true }, defaultWebSocketLimits), {
    ...defaultWebSocketLimits,
    compression: true,
  })
  t.end()
})

test('withDefaultLimits: takes only limits', (t) => {
  const given = { maxHeaderCount: 5, port: 8000 } as Partial<typeof defaultLimits>

  t.same(withDefaultLimits(given, defaultLimits), { ...defaultLimits, maxHeaderCount: 5 })
  t.end()
})

const values: ReadonlyArray<readonly [name: 'maxHeaderBytes' | 'headersTimeoutMs', value: unknown, fine: boolean]> = [
  ['maxHeaderBytes', 1, true],
  ['maxHeaderBytes', Infinity, true],
  ['maxHeaderBytes', Number.MAX_SAFE_INTEGER, true],
  ['maxHeaderBytes', 2 ** 53, false],
  ['maxHeaderBytes', 0, false],
  ['maxHeaderBytes', -1, false],
  ['maxHeaderBytes', 1.5, false],
  ['maxHeaderBytes', Number.NaN, false],
  ['maxHeaderBytes', '1', false],
  ['maxHeaderBytes', true, false],
  ['headersTimeoutMs', 2 ** 31 - 1, true],
  ['headersTimeoutMs', 2 ** 31, false],
]
for (const [name, value, fine] of values) {
  test(`withDefaultLimits: ${name} ${String(value)} (${typeof value}) is ${fine ? 'fine' : 'refused'}`, (t) => {
    const set = (): unknown => withDefaultLimits({ [name]: value }, defaultLimits)

    if (fine) t.match(set(), { [name]: value })
    else t.throws(set, { name: 'RangeError', message: new RegExp(`^Cannot serve with ${name} `) })
    t.end()
  })
}
