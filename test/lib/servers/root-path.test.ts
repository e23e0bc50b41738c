import { test } from 'tap'
import { rootPathOf } from '../../../lib/servers/root-path.ts'

const paths: readonly (readonly [given: string, path: string])[] = [
  ['', ''],
  ['/', ''],
  ['/api', '/api'],
  ['/api/', '/api'],
  ['/api//', '/api'],
]

for (const [given, path] of paths) {
  test(`rootPathOf: ${JSON.stringify(given)} is ${JSON.stringify(path)}`, async (t) => {
    t.equal(rootPathOf(given, 'serve'), path)
  })
}

test('rootPathOf: refuses what is no path', async (t) => {
  t.throws(
    () => rootPathOf('api', 'serve'),
    new TypeError('Cannot serve under rootPath "api": it does not start with "/"'),
  )
  t.throws(
    () => rootPathOf(1, 'host an app'),
    new TypeError('Cannot host an app under rootPath 1: expected a path such as "/api"'),
  )
})
