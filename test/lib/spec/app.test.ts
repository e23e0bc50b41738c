import { test } from 'tap'
import { settled, toApp } from '../../../lib/spec/app.ts'
import type { AppLike, ASGIApp } from '../../../lib/spec/app.ts'

const app: ASGIApp = async () => {}

test('toApp: returns a function as it is', async (t) => {
  t.equal(toApp(app), app)
})

test('toApp: returns the "asgi" of an object', async (t) => {
  t.equal(toApp({ asgi: app }), app)
})

const notApps: ReadonlyArray<readonly [value: unknown, shown: string]> = [
  [null, 'null'],
  [undefined, 'a value of type undefined'],
  ['app', 'a value of type string'],
  [{}, 'an object without "asgi"'],
  [{ asgi: 'app' }, 'an object without "asgi"'],
]

for (const [value, shown] of notApps) {
  test(`toApp: refuses ${shown}`, async (t) => {
    t.throws(
      () => toApp(value as AppLike),
      new TypeError(
        `Cannot use ${shown} as an app: expected a function (scope, receive, send) or an object with such a function as "asgi"`,
      ),
    )
  })
}

test('toApp: says what the app was for', async (t) => {
  t.throws(
    () => toApp(null as unknown as AppLike, 'as the app at "/x"'),
    /^Cannot use null as the app at "\/x": expected a function/,
  )
})

test('settled: is resolved', async (t) => {
  await t.resolves(settled)
})
