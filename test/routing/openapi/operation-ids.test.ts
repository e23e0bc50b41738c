import { test } from 'tap'
import { z } from 'zod'
import { contract } from '../../../lib/endpoint/contract/contract.ts'
import { contractEndpoint } from '../../../lib/endpoint/contract/contract-endpoint.ts'
import { openapi } from '../../../routing/openapi/openapi.ts'
import type { OpenAPIDocument } from '../../../routing/openapi/openapi-document.ts'
import { Router } from '../../../routing/router.ts'

function idsOf({ paths }: OpenAPIDocument): readonly unknown[] {
  return Object.values(paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId))
}

test('openapi: a name that a contract gives is kept clear of, wherever it stands', async (t) => {
  const app = new Router()
  app.get('/items', {}, () => ({}))
  app.get('/all', { operationId: 'getItems' }, () => ({}))
  app.get('/called', {}, () => ({}))
  const done = contract('GET', '/ignored', { operationId: 'getCalled' })
  app.post('/hooked', { callbacks: { done: { '{$request.body#/url}': done } } }, () => ({}))
  const document = openapi(app, { webhooks: { hook: contract({ operationId: 'postHooked' }) } })
  t.strictSame(idsOf(document), ['getItems2', 'getItems', 'getCalled2', 'postHooked2'])
})

test('openapi: a contract for several methods names the first, and the others after it', async (t) => {
  const app = new Router()
  const both = contractEndpoint(contract({ operationId: 'item', body: z.unknown() }), () => ({}))
  app.route('/item', both, { methods: ['GET', 'PUT', 'POST'] })
  app.get('/other', { operationId: 'itemPut' }, () => ({}))
  t.strictSame(idsOf(openapi(app)), ['item', 'itemPut2', 'itemPost', 'itemPut'])
})

test('openapi: names are made of letters of every script', async (t) => {
  const app = new Router()
  for (const path of ['/größe', '/用户/{id}', '/a b/100%']) app.get(path, {}, () => ({}))
  t.strictSame(idsOf(openapi(app)), ['getGröße', 'get用户ById', 'getAB100'])
})
