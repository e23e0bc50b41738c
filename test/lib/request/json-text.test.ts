import { test } from 'tap'
import { jsonText } from '../../../lib/request/json-text.ts'

const attempt = (shown: string): string => `Cannot write ${shown}`

test('jsonText: writes as JSON.stringify does', async (t) => {
  t.equal(jsonText({ a: [1, null, 'é'], b: undefined }, attempt), '{"a":[1,null,"é"]}')
})

const circle: { self?: unknown } = {}
circle.self = [circle]

/** As libraries of databases give it. */
// oxlint-disable-next-line unicorn/no-thenable -- that is what it is about
const query = { sql: 'select 1', then: (): void => {} }

const refused: readonly (readonly [what: string, value: unknown, message: string])[] = [
  ['undefined', undefined, 'Cannot write undefined: JSON has no such value, expected for example null'],
  ['a function', () => {}, 'Cannot write a function: JSON has no such value, expected for example null'],
  ['a BigInt', 1n, 'Cannot write 1: JSON has no BigInt, expected a number, or text made by String(…)'],
  [
    'a BigInt within',
    { id: 1n },
    'Cannot write an object of class Object: JSON has no BigInt, expected a number, or text made by String(…)',
  ],
  [
    'a promise',
    Promise.resolve(1),
    'Cannot write a promise that was not awaited: it would be {}, expected "await" before it',
  ],
  ['a query', query, 'Cannot write an object of class Object: it has a "then", expected "await" before it'],
  ['a circle', circle, 'Cannot write an object of class Object: it holds itself, expected a value without circles'],
]

for (const [what, value, message] of refused) {
  test(`jsonText: ${what} is refused, with a hint`, async (t) => {
    t.throws(() => jsonText(value, attempt), { name: 'TypeError', message })
  })
}

test('jsonText: a then that is no function is data', async (t) => {
  // oxlint-disable-next-line unicorn/no-thenable -- that is what it is about
  t.equal(jsonText({ if: 1, then: 2 }, attempt), '{"if":1,"then":2}')
})

test('jsonText: keeps the reason', async (t) => {
  t.throws(() => jsonText(1n, attempt), { cause: TypeError })
})

for (const error of [new TypeError('no such row'), new RangeError('too deep')]) {
  test(`jsonText: a ${error.name} of a toJSON comes out as it is`, async (t) => {
    const value = {
      toJSON() {
        throw error
      },
    }
    t.throws(() => jsonText(value, attempt), error)
  })
}
