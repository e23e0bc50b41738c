import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'tap'
import { orderDocument } from './order-document.ts'

const page = new URL('../../docs/spec/order-of-messages.md', import.meta.url)

test('docs/spec/order-of-messages.md: is what the order tables say', async (t) => {
  const expected = orderDocument()
  // Written anew with UPDATE_DOCS=1.
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, expected)

  t.equal(readFileSync(page, 'utf8'), expected)
})
