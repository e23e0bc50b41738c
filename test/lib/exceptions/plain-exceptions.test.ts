import { test } from 'tap'
import { BodyConsumed } from '../../../lib/exceptions/body-consumed.ts'
import { FileUnavailable } from '../../../lib/exceptions/file-unavailable.ts'
import { MissingPackage } from '../../../lib/exceptions/missing-package.ts'

const cause = new Error('why')

/** Errors with a code, and what they say. */
const errors: readonly (readonly [error: Error & { code: string }, code: string, message: string])[] = [
  [
    new BodyConsumed(),
    'STELLINE_BODY_CONSUMED',
    'Cannot read the body: it has been given out piece by piece already, expected bytes(), text() or json() before or instead',
  ],
  [
    new FileUnavailable('/a\nb', 'it is a directory'),
    'STELLINE_FILE_UNAVAILABLE',
    'Cannot send file "/a\\nb": it is a directory',
  ],
  [
    new MissingPackage('render templates with eta', 'eta'),
    'STELLINE_MISSING_PACKAGE',
    'Cannot render templates with eta: the package is not installed; install it with "npm install eta"',
  ],
]

for (const [error, code, message] of errors) {
  test(`${error.name}: has its code and says what is wanted`, async (t) => {
    t.type(error, Error)
    t.equal(error.name, error.constructor.name)
    t.equal(error.code, code)
    t.equal(error.message, message)
  })
}

test('FileUnavailable: names the file and keeps a cause, if there is one', async (t) => {
  t.equal(new FileUnavailable('/a', 'it is missing', cause).cause, cause)
  t.equal(new FileUnavailable('/a', 'it is missing').path, '/a')
  t.notOk('cause' in new FileUnavailable('/a', 'it is missing'))
})

test('MissingPackage: names the package and keeps its cause', async (t) => {
  const error = new MissingPackage('render', 'eta', cause)
  t.equal(error.packageName, 'eta')
  t.equal(error.cause, cause)
})
