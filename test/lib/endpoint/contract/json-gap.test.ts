import { type } from 'arktype'
import { test } from 'tap'
import * as v from 'valibot'
import { z } from 'zod'
import { checkJSON } from '../../../../lib/endpoint/contract/json-gap.ts'
import type { AnySchema } from '../../../../lib/endpoint/validation/schema.ts'
import { Application } from '../../../../routing/application.ts'

const Texts = z.set(z.string())
const Codec = z.codec(z.array(z.string()), Texts, { decode: (list) => new Set(list), encode: (set) => [...set] })

/** Schemas that give what JSON does not have, and where. */
const gaps: readonly (readonly [what: string, schema: AnySchema, found: RegExp])[] = [
  [
    'a set',
    Texts,
    /: its schema gives a set, which JSON would write as \{\}, expected a list, for example by \.transform/,
  ],
  ['a map', z.map(z.string(), z.number()), /gives a map, which JSON .* expected an object/],
  ['one deep down', z.object({ a: z.object({ tags: Texts.optional() }) }), /gives a set at a\.tags,/],
  ['one in a list', z.object({ list: z.array(Texts) }), /a set at list,/],
  ['one in a record', z.record(z.string(), Texts), /a set,/],
  ['one in a tuple', z.tuple([z.string()], Texts), /a set,/],
  ['one of several', z.union([z.string(), Texts]), /a set,/],
  ['one of two together', z.object({}).and(z.object({ tags: Texts })), /a set at tags,/],
  ['one for other keys', z.object({}).catchall(Texts), /a set,/],
  ['one that a codec makes', z.object({ tags: Codec }), /a set at tags,/],
  ['one of valibot', v.object({ tags: v.optional(v.set(v.string())) }), /a set at tags,/],
  ['one of valibot with checks', v.pipe(v.map(v.string(), v.string()), v.minSize(1)), /a map,/],
  [
    'one of valibot in a variant',
    v.variant('k', [v.object({ k: v.literal('a'), tags: v.set(v.string()) })]),
    /a set at tags,/,
  ],
]

for (const [what, schema, found] of gaps) {
  test(`checkJSON: refuses ${what}`, async (t) => {
    t.throws(() => checkJSON('declare the answer 200', schema), { message: found })
  })
}

interface Node {
  readonly name: string
  readonly nodes: readonly Node[]
}

const Tree: z.ZodType<Node> = z.object({
  name: z.string(),
  get nodes() {
    return z.array(Tree)
  },
})
const Endless: z.ZodType = z.object({
  get next() {
    return z.object(Endless instanceof z.ZodObject ? Endless.shape : {})
  },
})
const Unready = z.object({
  get later(): z.ZodType {
    throw new ReferenceError('not there yet')
  },
})

/** Schemas that have nothing to refuse, or that do not tell. */
const others: readonly (readonly [what: string, schema: AnySchema])[] = [
  ['whether there is a set', z.object({ hasTags: z.success(Texts) })],
  ['a set that becomes a list', z.object({ tags: Texts.transform((set) => [...set]) })],
  [
    'a set of valibot that becomes a list',
    v.pipe(
      v.set(v.string()),
      v.transform((set) => [...set]),
    ),
  ],
  ['the words', z.union([z.literal('set'), z.enum(['map'])])],
  ['a schema that holds itself', Tree],
  ['a schema that makes others', Endless],
  ['a schema that is not there yet', Unready],
  ['a schema by a function', z.lazy(() => z.string())],
  ['a type of arktype', type({ id: 'number' })],
  ['a schema by hand', { '~standard': { version: 1, vendor: 'own', validate: (value) => ({ value }) } }],
]

for (const [what, schema] of others) {
  test(`checkJSON: takes ${what}`, async (t) => {
    t.doesNotThrow(() => checkJSON('declare the answer 200', schema))
  })
}

test('contracts: what JSON does not have is refused when a route is made', async (t) => {
  const app = new Application()
  const Tags = z.object({ tags: Texts })
  t.throws(() => app.get('/', { responses: { 200: Tags } }, () => ({ tags: new Set(['a']) })), {
    message: /^Cannot declare the answer 200: its schema gives a set at tags,/,
  })
  t.throws(() => app.websocket('/', { send: Tags }, async () => {}), {
    message: /^Cannot declare the messages to send: its schema gives a set at tags,/,
  })
})
