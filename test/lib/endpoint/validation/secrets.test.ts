import { type } from 'arktype'
import fc from 'fast-check'
import { test } from 'tap'
import * as v from 'valibot'
import { z } from 'zod'
import { fieldErrors } from '../../../../lib/endpoint/validation/field-error.ts'
import { ResponseValidationError } from '../../../../lib/endpoint/validation/response-validation-error.ts'
import type { AnySchema } from '../../../../lib/endpoint/validation/schema.ts'

const not = (): boolean => false

/** Schemas that refuse almost every text, each in words of its own. */
const zodSchemas: readonly AnySchema[] = [
  z.number(),
  z.boolean(),
  z.date(),
  z.file(),
  z.never(),
  z.null(),
  z.array(z.number()),
  z.record(z.string(), z.number()),
  z.email(),
  z.uuid(),
  z.iso.datetime(),
  z.json().pipe(z.number()),
  z.stringbool(),
  z.string().regex(/^$/),
  z.string().max(3),
  z.literal('x'),
  z.enum(['x', 'y']),
  z.templateLiteral(['x', z.int()]),
  z.union([z.number(), z.literal('x')]),
  z.discriminatedUnion('k', [z.object({ k: z.literal('x') }), z.object({ k: z.literal('y') })]),
  z.string().refine(not, 'Not this one'),
  z.custom(not),
]

const valibotSchemas: readonly AnySchema[] = [
  v.number(),
  v.date(),
  v.never(),
  v.literal('x'),
  v.picklist(['x', 'y']),
  v.array(v.string()),
  v.union([v.number(), v.literal('x')]),
  v.instance(Date),
  v.custom(not),
  v.pipe(v.string(), v.maxLength(3)),
  v.pipe(v.string(), v.regex(/^$/)),
  v.pipe(v.string(), v.values(['x'])),
  v.pipe(v.string(), v.maxBytes(3)),
  v.pipe(v.string(), v.email()),
  v.pipe(v.string(), v.uuid()),
  v.pipe(v.string(), v.creditCard()),
  v.pipe(v.string(), v.digits()),
  v.pipe(v.string(), v.isoDate()),
  v.pipe(v.string(), v.hash(['md5'])),
  v.pipe(v.string(), v.check(not)),
  v.pipe(v.string(), v.parseJson(), v.number()),
  v.pipe(
    v.string(),
    v.rawCheck(({ addIssue }) => addIssue({ label: 'text' })),
  ),
  v.pipe(
    v.string(),
    v.check(not, ({ received }) => `Found ${received}`),
  ),
  v.pipe(
    v.string(),
    v.check(not, ({ input }) => `Found ${input}`),
  ),
]

const arktypeSchemas: readonly AnySchema[] = [
  type('number'),
  type('boolean'),
  type('Date'),
  type('never'),
  type('"x"'),
  type('"x" | 5'),
  type('3 | "x" | Date'),
  type('string[]'),
  type('string <= 3'),
  type('string.email'),
  type('string.email & string <= 3'),
  type('string.ip | string.email'),
  type('string.uuid <= 3 | number'),
  type('string.date.parse'),
  type('string.json.parse').to('3'),
  type('string.json'),
  type('string.url.parse'),
  type('string.regex <= 3'),
  type('string').narrow(not),
  type('string').narrow((text, context) => context.reject({ message: `Found ${text}` })),
  type('string').narrow((text, context) => context.reject({ problem: `is ${text}` })),
  type('string').pipe.try((text) => JSON.parse(text) as unknown, type('3')),
]

const secrets = fc
  .oneof(fc.uuid(), fc.string({ minLength: 5 }), fc.string({ minLength: 5, unit: 'binary' }))
  .filter((secret) => secret.trim().length >= 5)

/** Everything that is said of a value, to the client and to the log. */
function told(schema: AnySchema, value: unknown): string {
  const result = schema['~standard'].validate(value)
  if (result instanceof Promise || result.issues === undefined) return ''
  const messages = fieldErrors('body', result.issues, value).map(({ message }) => message)
  return [...messages, new ResponseValidationError('it', result.issues).message].join('\n')
}

const libraries = Object.entries({ zod: zodSchemas, valibot: valibotSchemas, arktype: arktypeSchemas })

for (const [library, schemas] of libraries) {
  test(`fieldErrors: no message of ${library} holds what was found, whatever the schema`, async (t) => {
    t.ok(schemas.every((schema) => told(schema, 'some text') !== ''))
    fc.assert(
      fc.property(fc.constantFrom(...schemas), secrets, (schema, secret) => {
        // The words themselves may hold it by chance.
        fc.pre(!told(schema, 'some text').includes(secret))
        return !told(schema, secret).includes(secret)
      }),
      { numRuns: 1000 },
    )
  })
}
