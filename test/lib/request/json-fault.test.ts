import fc from 'fast-check'
import { test } from 'tap'
import { findJSONFault } from '../../../lib/request/json-fault.ts'

/** RFC 8259 §2 to §7. */
const faults: readonly (readonly [text: string, line: number, column: number])[] = [
  ['', 1, 1],
  ['  ', 1, 3],
  ['hello', 1, 1],
  ['tru', 1, 1],
  ['{', 1, 2],
  ['[1,]', 1, 4],
  ['[1 2]', 1, 4],
  ['[1}', 1, 3],
  ['{"a" 1}', 1, 6],
  ['{"a":1,}', 1, 8],
  ['{"a":1 "b":2}', 1, 8],
  ['{a:1}', 1, 2],
  ['{"a":1]', 1, 7],
  ['{"a":}', 1, 6],
  ['1 2', 1, 3],
  ['01', 1, 2],
  ['-', 1, 1],
  ['"ab', 1, 4],
  ['"a\\x"', 1, 3],
  ['"a\\u12g4"', 1, 3],
  ['"a\nb"', 1, 3],
  ['[\n  1,\n  oops\n]', 3, 3],
  ['{\n"a": [1, {"b": "c"}],\n"d": tru}', 3, 6],
  [']', 1, 1],
  ["{'a':1}", 1, 2],
]

for (const [text, line, column] of faults) {
  test(`findJSONFault: ${JSON.stringify(text)} fails at ${line}:${column}`, async (t) => {
    t.throws(() => JSON.parse(text))
    t.strictSame(findJSONFault(text), { line, column })
  })
}

test('findJSONFault: agrees with the parser about where a text stops, on JSON that was cut or spoilt', async (t) => {
  const spoilt = fc.tuple(fc.json(), fc.nat(), fc.constantFrom('', '"', ',', ']', '}', ':', 'x', '1', '\\', '\n'))
  fc.assert(
    fc.property(spoilt, ([json, at, what]) => {
      const place = at % (json.length + 1)
      const text = what === '' ? json.slice(0, place) : json.slice(0, place) + what + json.slice(place)
      try {
        JSON.parse(text)
      } catch {
        const { line, column } = findJSONFault(text)
        const before = text.split('\n').slice(0, line - 1)
        const index = before.reduce((sum, each) => sum + each.length + 1, 0) + column - 1
        t.ok(index <= text.length)
        // What stands before the fault can go on to be JSON; what includes it cannot, wherever the text goes on.
        t.ok(index >= Math.min(place, text.length) - 12, `${JSON.stringify(text)} at ${index}`)
      }
    }),
    { numRuns: 500 },
  )
})

test('findJSONFault: a long string without an end takes one pass', async (t) => {
  t.strictSame(findJSONFault(`"${'a'.repeat(1_000_000)}`), { line: 1, column: 1_000_002 })
  t.strictSame(findJSONFault('['.repeat(500_000)), { line: 1, column: 500_001 })
})
