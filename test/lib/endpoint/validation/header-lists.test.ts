import { test } from 'tap'
import { z } from 'zod'
import { TestClient } from '../../../../lib/testing/test-client.ts'
import { Application } from '../../../../routing/application.ts'

const app = new Application()
app.get(
  '/',
  {
    headers: z.object({
      'x-ids': z.array(z.number()).optional(),
      'x-one': z.string().optional(),
      'x-both': z.union([z.string(), z.array(z.string())]).optional(),
      'x-split': z.preprocess((value) => String(value).split(/, */), z.array(z.string())).optional(),
    }),
  },
  ({ headers }) => headers,
)

/** RFC 9110 §5.3: lines of one name may be joined with commas, and mean the same. */
const lines: readonly (readonly [fields: [string, string][], taken: unknown])[] = [
  [
    [
      ['x-ids', '1'],
      ['x-ids', '2'],
    ],
    { 'x-ids': [1, 2] },
  ],
  [[['x-ids', '1, 2']], { 'x-ids': [1, 2] }],
  [
    [
      ['x-ids', '1,2'],
      ['x-ids', ' 3'],
    ],
    { 'x-ids': [1, 2, 3] },
  ],
  [[['x-ids', '']], { 'x-ids': [] }],
  [[], {}],
  [[['x-one', 'a, b']], { 'x-one': 'a, b' }],
  [[['x-both', 'a, b']], { 'x-both': 'a, b' }],
  [[['x-split', 'a, b']], { 'x-split': ['a', 'b'] }],
]

for (const [fields, taken] of lines) {
  test(`a list of header fields: ${JSON.stringify(fields)}`, async (t) => {
    await using client = await TestClient.open(app)
    t.strictSame(await (await client.get('/', { headers: fields })).json(), taken)
  })
}
