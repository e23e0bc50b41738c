import { test } from 'tap'
import * as v from 'valibot'
import { z } from 'zod'
import { UploadFile } from '../../../lib/http/upload-file.ts'
import { TestClient } from '../../../lib/testing/test-client.ts'
import type { AnySchema } from '../../../lib/endpoint/validation/schema.ts'
import { Application } from '../../../routing/application.ts'
import { operationOf, schemasOf } from './described.ts'

const text = z.string()
const Endless: z.ZodType = z.lazy(() => Endless)

/** Schemas of bodies. */
const bodies: Readonly<Record<string, AnySchema>> = {
  'an object': z.object({ a: text.optional() }),
  'an optional one': z.object({ a: text }).optional(),
  'a nullish one': z.object({ a: text }).nullish(),
  'one that may be null': text.nullable(),
  'one that may be null or missing': text.optional().nullable(),
  'a default': z.object({ a: text }).default({ a: 'x' }),
  'an optional default': text.default('x').optional(),
  'a prefault': z.object({ a: text.default('x') }).prefault({}),
  'a catch': z.object({ a: text }).catch({ a: 'x' }),
  'a preprocess': z.preprocess((value) => value, z.object({ a: text })),
  'a preprocess before an optional one': z.preprocess((value) => value, text.optional()),
  'a pipe from an optional one': text.optional().pipe(z.string()),
  'a pipe from a default': text.default('x').pipe(z.string()),
  'a transform of an optional one': text.optional().transform((value) => value ?? ''),
  'a pipe behind a transform': text
    .optional()
    .transform((value) => value ?? 'x')
    .pipe(z.string()),
  'a codec of an optional one': z.codec(text.optional(), text, { decode: (from) => from ?? 'a', encode: (to) => to }),
  any: z.any(),
  unknown: z.unknown(),
  undefined: z.undefined(),
  void: z.void(),
  'a literal': z.literal('a'),
  'a literal that may be undefined': z.literal(['a', undefined]),
  'a union': z.union([text, z.int()]),
  'a union with undefined': z.union([text, z.undefined()]),
  'an intersection': z.intersection(text.optional(), text.optional()),
  'an intersection with a needed one': z.intersection(text, text.optional()),
  'exactly optional': z.exactOptional(text),
  'not optional': text.optional().nonoptional(),
  'a default that is not optional': text.default('x').nonoptional(),
  lazy: z.lazy(() => text.optional()),
  'read-only': text.optional().readonly(),
  'coerced text': z.coerce.string(),
  'a coerced boolean': z.coerce.boolean(),
  'a boolean': z.boolean(),
  JSON: z.json(),
  'a valibot object': v.object({}),
  'an optional valibot object': v.optional(v.object({}), {}),
  'anything of valibot': v.unknown(),
}

for (const [what, body] of Object.entries(bodies)) {
  test(`openapi: whether a body is required is what a request without one shows: ${what}`, async (t) => {
    const app = new Application()
    app.post('/it', { body }, () => 'it')
    await using client = await TestClient.open(app)
    const { status } = await client.post('/it')
    t.equal(app.openapi().paths['/it']!['post']!.requestBody!.required, status === 422, `${status}`)
  })
}

test('openapi: a schema without an end is described as required', async (t) => {
  t.equal(operationOf({ body: Endless }, { jsonSchema: () => ({}) }).requestBody!.required, true)
})

test('openapi: functions of a schema are not called to find out whether a body is required', async (t) => {
  const never = (): never => t.fail('called') as never
  const functions = [z.preprocess(never, z.string()), z.string().optional().transform(never), z.string().default(never)]
  const required = functions.map((body) => operationOf({ body }, { jsonSchema: () => ({}) }).requestBody!.required)
  t.strictSame(required, [true, false, false])
})

test('openapi: a form is required, even where its schema takes nothing', async (t) => {
  const app = new Application()
  app.post('/it', { form: z.object({ a: z.string().optional() }).optional() }, () => 'it')
  await using client = await TestClient.open(app)
  t.equal((await client.post('/it')).status, 415)
  t.equal(app.openapi().paths['/it']!['post']!.requestBody!.required, true)
})

const file = { type: 'string', format: 'binary', contentMediaType: 'application/octet-stream' }

/** Schemas of files, and what they say besides. */
const files: readonly (readonly [what: string, schema: z.ZodType, expected: object])[] = [
  ['refine', z.instanceof(UploadFile).refine(({ size }) => size < 10), file],
  ['superRefine', z.instanceof(UploadFile).superRefine(() => {}), file],
  ['check', z.instanceof(UploadFile).check(() => {}), file],
  ['describe', z.instanceof(UploadFile).describe('A cover'), { ...file, description: 'A cover' }],
  ['meta', z.instanceof(UploadFile).meta({ title: 'Cover' }), { ...file, title: 'Cover' }],
  [
    'refine and describe',
    z
      .instanceof(UploadFile)
      .refine(() => true)
      .describe('A'),
    { ...file, description: 'A' },
  ],
  ['refine of zod', z.file().refine(() => true), file],
  ['refine of Blob', z.instanceof(Blob).refine(() => true), file],
  ['transform', z.instanceof(UploadFile).transform(({ size }) => size), file],
]

for (const [what, schema, expected] of files) {
  test(`openapi: a file stays a file: ${what}`, async (t) => {
    const { content } = operationOf({ form: z.object({ cover: schema }) }).requestBody!
    t.strictSame(Object.keys(content), ['multipart/form-data'])
    t.match(content['multipart/form-data']!.schema!['properties'], { cover: expected })
  })
}

test('openapi: a file with an id is a component', async (t) => {
  const Cover = z.instanceof(UploadFile).meta({ id: 'Cover' })
  const form = z.object({ one: Cover, other: Cover.describe('The back') })
  t.strictSame(schemasOf({ form }), { Cover: file })
  const { content } = operationOf({ form }).requestBody!
  t.strictSame(content['multipart/form-data']!.schema!['properties'], {
    one: { $ref: '#/components/schemas/Cover' },
    other: { $ref: '#/components/schemas/Cover', description: 'The back' },
  })
})
