import { test } from 'tap'
import { defaultFormLimits, formLimits } from '../../../../lib/request/form/form-limits.ts'

test('formLimits: the defaults', async (t) => {
  t.strictSame(formLimits(), {
    maxFiles: 1000,
    maxFields: 1000,
    maxPartHeaders: 8,
    maxPartHeaderBytes: 4096,
    maxNameBytes: 1024,
    maxFieldBytes: 1_048_576,
    maxFieldsBytes: 2_097_152,
    maxFileBytes: 104_857_600,
    maxBodyBytes: 134_217_728,
  })
})

test('formLimits: what is given wins, and the limit of the scope stands in for that of the body', async (t) => {
  t.strictSame(formLimits({ maxFiles: 0, maxFileBytes: Infinity }), {
    ...defaultFormLimits,
    maxFiles: 0,
    maxFileBytes: Infinity,
  })
  t.equal(formLimits({}, 5).maxBodyBytes, 5)
  t.equal(formLimits({ maxBodyBytes: 6 }, 5).maxBodyBytes, 6)
  t.equal(formLimits({}, null).maxBodyBytes, defaultFormLimits.maxBodyBytes)
})

for (const value of [NaN, -1, '5', null, '5mb']) {
  test(`formLimits: refuses ${JSON.stringify(value)}, which would switch a limit off`, async (t) => {
    t.throws(() => formLimits({ maxFiles: value as number }), TypeError)
  })
}

test('formLimits: refuses a limit that it does not know', async (t) => {
  t.throws(() => formLimits({ fileSize: 5 } as object), {
    message: /^Cannot read a form with the limit "fileSize": expected maxFiles, /,
  })
})
