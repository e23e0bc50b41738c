import { type } from 'arktype'
import { test } from 'tap'
import * as v from 'valibot'
import { z } from 'zod'
import { chosenFiles } from '../../../../lib/endpoint/validation/chosen-files.ts'
import { coercionOf } from '../../../../lib/endpoint/validation/coercion.ts'
import { formFields } from '../../../../lib/endpoint/validation/part-fields.ts'
import type { AnySchema } from '../../../../lib/endpoint/validation/schema.ts'
import { FormData } from '../../../../lib/http/form-data.ts'
import { parseMediaType } from '../../../../lib/http/media-type.ts'
import { UploadFile } from '../../../../lib/http/upload-file.ts'

const photo = new UploadFile({ name: 'photo.png', content: Buffer.from('x'), mediaType: parseMediaType('image/png') })
const notes = new UploadFile({ name: 'notes', content: Buffer.from('yz') })

type Pair = readonly [name: string, value: string | UploadFile]

/** Validates a form as a request would be, and says what came of its files. */
async function validated(schema: AnySchema, pairs: readonly Pair[]): Promise<unknown> {
  const plan = coercionOf(schema)
  const fields = await chosenFiles(plan)(formFields(plan)(new FormData(pairs)))
  const result = await schema['~standard'].validate(fields)
  return result.issues ?? Object.entries(result.value as object).map(([name, value]) => `${name}: ${told(value)}`)
}

function told(value: unknown): string {
  if (value instanceof Set || Array.isArray(value)) return `[${Array.from(value, told).join(', ')}]`
  if (value instanceof UploadFile) return `upload ${value.name}`
  return value instanceof File ? `file ${value.name} ${value.size} ${value.type}` : String(value)
}

const one: readonly Pair[] = [['a', photo]]
const two: readonly Pair[] = [
  ['a', photo],
  ['b', notes],
]
const twice: readonly Pair[] = [
  ['a', photo],
  ['a', notes],
]
const image = 'file photo.png 1 image/png'

const cases: readonly (readonly [what: string, schema: AnySchema, pairs: readonly Pair[], told: string[]])[] = [
  ['a file', z.object({ a: z.file() }), one, [`a: ${image}`]],
  ['an upload', z.object({ a: z.instanceof(UploadFile) }), one, ['a: upload photo.png']],
  ['a File by its class', z.object({ a: z.instanceof(File) }), one, [`a: ${image}`]],
  ['a Blob by its class', z.object({ a: z.instanceof(Blob).refine(({ size }) => size === 1) }), one, [`a: ${image}`]],
  ['a missing file', z.object({ a: z.file().optional() }), [], []],
  ['a text beside a file', z.object({ a: z.union([z.file(), z.string()]) }), [['a', 'x']], ['a: x']],
  ['files in a list', z.object({ a: z.array(z.file()) }), twice, [`a: [${image}, file notes 2 ]`]],
  ['files in a set', z.object({ a: z.set(z.file()) }), twice, [`a: [${image}, file notes 2 ]`]],
  ['files in a tuple', z.object({ a: z.tuple([z.file(), z.file()]) }), twice, [`a: [${image}, file notes 2 ]`]],
  ['a file under a name that nobody knows', z.looseObject({}), one, ['a: upload photo.png']],
  ['a file where anything is taken', z.record(z.string(), z.unknown()), one, ['a: upload photo.png']],
  ['several files where anything is taken', z.looseObject({}), twice, ['a: [upload photo.png, upload notes]']],
  ['files under any name', z.record(z.string(), z.file()), two, [`a: ${image}`, 'b: file notes 2 ']],
  [
    'uploads under any name',
    z.record(z.string(), z.instanceof(UploadFile)),
    two,
    ['a: upload photo.png', 'b: upload notes'],
  ],
  [
    'files under other names than the known ones',
    z.object({ a: z.instanceof(UploadFile) }).catchall(z.file()),
    two,
    ['a: upload photo.png', 'b: file notes 2 '],
  ],
  [
    'a file in one object of several',
    z.discriminatedUnion('k', [z.object({ k: z.literal('x') }), z.object({ k: z.literal('y'), a: z.file() })]),
    [['k', 'y'], ...one],
    ['k: y', `a: ${image}`],
  ],
  ['valibot: a file', v.object({ a: v.file(), b: v.instance(UploadFile) }), two, [`a: ${image}`, 'b: upload notes']],
  ['valibot: files under any name', v.record(v.string(), v.blob()), one, [`a: ${image}`]],
  ['arktype: files', type({ a: 'File', b: type.instanceOf(UploadFile) }), two, [`a: ${image}`, 'b: upload notes']],
  ['arktype: files in a list', type({ a: 'File[]' }), twice, [`a: [${image}, file notes 2 ]`]],
]

for (const [what, schema, pairs, expected] of cases) {
  test(`chosenFiles: ${what}`, async (t) => {
    t.strictSame(await validated(schema, pairs), expected)
  })
}
