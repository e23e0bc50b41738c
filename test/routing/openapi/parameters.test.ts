import { test } from 'tap'
import { z } from 'zod'
import { depends } from '../../../lib/endpoint/dependencies/depends.ts'
import { parametersOf } from './described.ts'

const needed = depends(
  {
    path: z.object({ id: z.string().max(5) }),
    query: z.object({ limit: z.number().max(100), q: z.string() }),
    headers: z.object({ xToken: z.string().meta({ description: 'Of the session', deprecated: true }) }),
    cookies: z.object({ sid: z.string() }),
  },
  () => 1,
)
const paging = depends({ query: z.object({ tags: z.array(z.string()), limit: z.number().max(100) }) }, () => 1)

test('openapi: a parameter that a dependency needs is required, and is what all say', async (t) => {
  const parameters = parametersOf({
    query: z.object({ limit: z.number().min(1).optional() }),
    headers: z.object({ 'x-token': z.string().min(1).optional() }),
    cookies: z.object({ sid: z.string().optional() }),
    dependencies: { needed },
  })
  t.strictSame(parameters, [
    {
      name: 'limit',
      in: 'query',
      required: true,
      schema: {
        allOf: [
          { type: 'number', minimum: 1 },
          { type: 'number', maximum: 100 },
        ],
      },
    },
    { name: 'q', in: 'query', required: true, schema: { type: 'string' } },
    {
      name: 'x-token',
      in: 'header',
      required: true,
      description: 'Of the session',
      deprecated: true,
      schema: {
        allOf: [
          { type: 'string', minLength: 1 },
          { description: 'Of the session', deprecated: true, type: 'string' },
        ],
      },
    },
    { name: 'sid', in: 'cookie', required: true, schema: { type: 'string' } },
  ])
})

test('openapi: a parameter that two dependencies describe in the same way stands once', async (t) => {
  const parameters = parametersOf({ query: z.object({ limit: z.number().max(100) }), dependencies: { needed, paging } })
  t.strictSame(parameters[0], {
    name: 'limit',
    in: 'query',
    required: true,
    schema: { type: 'number', maximum: 100 },
  })
})

test('openapi: what may be anything adds nothing to what another schema says', async (t) => {
  const anything = depends({ query: z.object({ a: z.unknown(), b: z.int() }) }, () => 1)
  const parameters = parametersOf({
    query: z.object({ a: z.int(), b: z.unknown().optional() }),
    dependencies: { anything },
  })
  t.strictSame(
    parameters.map(({ name, required, schema }) => [name, required, schema]),
    [
      ['a', true, { type: 'integer' }],
      ['b', true, { type: 'integer' }],
    ],
  )
})

test('openapi: a list that a dependency restricts is a list', async (t) => {
  const parameters = parametersOf({ query: z.object({ tags: z.array(z.string()).max(3) }), dependencies: { paging } })
  t.match(parameters[0], { name: 'tags', style: 'form', explode: true, schema: { allOf: [{ maxItems: 3 }, {}] } })
})

test('openapi: examples of a header go by the name that the schema has', async (t) => {
  const examples = { headers: { one: { xToken: 'a' }, two: { 'x-token': 'b' } } }
  const [header] = parametersOf({ headers: z.object({ xToken: z.string() }), examples })
  t.strictSame(header!.examples, { one: { value: 'a' } })
  const both = parametersOf({ headers: z.object({ xToken: z.string(), 'x-token': z.string() }), examples })
  t.strictSame(both[0]!.examples, { one: { value: 'a' }, two: { value: 'b' } })
})

test('openapi: names that clients choose stand beside those of dependencies, once', async (t) => {
  const query = z.record(z.string(), z.int())
  const names = (shape: Parameters<typeof parametersOf>[0]): readonly string[] =>
    parametersOf(shape).map(({ name }) => name)
  t.strictSame(names({ query, dependencies: { paging } }), ['tags', 'limit', 'query'])
  t.strictSame(names({ query, dependencies: { other: depends({ query: z.object({ query: z.int() }) }, () => 1) } }), [
    'query',
  ])
})
