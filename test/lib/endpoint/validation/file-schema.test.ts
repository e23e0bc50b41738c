import { test } from 'tap'
import * as v from 'valibot'
import { z } from 'zod'
import { classKind, fileKindOf, takesUpload } from '../../../../lib/endpoint/validation/file-schema.ts'
import { UploadFile } from '../../../../lib/http/upload-file.ts'

const isUpload = (value: unknown): boolean => value instanceof UploadFile

const uploads: readonly (readonly [what: string, schema: unknown])[] = [
  ['an instance', z.instanceof(UploadFile)],
  ['an instance that is refined', z.instanceof(UploadFile).refine(({ size }) => size > 10)],
  ['an instance that is described', z.instanceof(UploadFile).describe('A photo').meta({ title: 'Photo' })],
  ['an instance that is checked', z.instanceof(UploadFile).check(() => {})],
  ['a function of its own', z.custom<UploadFile>(isUpload)],
  ['an instance of valibot', v.instance(UploadFile)],
  [
    'an instance of valibot that is checked',
    v.pipe(
      v.instance(UploadFile),
      v.check(({ size }) => size > 10),
    ),
  ],
  ['a function of its own of valibot', v.custom<UploadFile>(isUpload)],
]

for (const [what, schema] of uploads) {
  test(`fileKindOf: an upload: ${what}`, async (t) => {
    t.equal(fileKindOf(schema), 'upload')
    t.equal(takesUpload(schema), true)
  })
}

const files: readonly (readonly [what: string, schema: unknown])[] = [
  ['a file of zod', z.file().max(10).describe('A photo')],
  ['an instance of File', z.instanceof(File)],
  ['an instance of Blob that is refined', z.instanceof(Blob).refine(({ size }) => size > 10)],
  ['a file of valibot', v.file()],
  ['a blob of valibot', v.pipe(v.blob(), v.maxSize(10))],
  ['an instance of valibot', v.instance(Blob)],
]

for (const [what, schema] of files) {
  test(`fileKindOf: a file: ${what}`, async (t) => {
    t.equal(fileKindOf(schema), 'file')
    t.equal(takesUpload(schema), true)
  })
}

const others: readonly (readonly [what: string, schema: unknown])[] = [
  ['text', z.string()],
  ['anything', z.any()],
  ['what takes everything', z.custom()],
  ['what takes all objects', z.instanceof(Object)],
  ['another class', z.instanceof(Date)],
  ['a function that throws', z.custom((value) => (value as { a: { b: 1 } }).a.b === 1)],
  ['a function that waits', z.custom(async () => Promise.reject(new Error('not this one')))],
  ['text of valibot', v.string()],
  ['what takes everything, of valibot', v.custom(() => true)],
  ['a class that is none', { type: 'instance' }],
  ['a definition without a function', { _zod: { def: { type: 'custom' } } }],
  ['a schema without a definition', { _zod: {} }],
  ['nothing', null],
  ['no schema', 'file'],
]

for (const [what, schema] of others) {
  test(`fileKindOf: no file: ${what}`, async (t) => {
    t.equal(fileKindOf(schema), null)
    t.equal(takesUpload(schema), false)
  })
}

test('classKind: tells the classes of files from others', async (t) => {
  t.equal(classKind(UploadFile), 'upload')
  t.equal(classKind(File), 'file')
  t.equal(classKind(Map), null)
  t.equal(classKind('File'), null)
})
