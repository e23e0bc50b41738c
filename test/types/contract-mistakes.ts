/*
 * Where the compiler points when an endpoint is wrong: each comment stands before the line that has to be named. Nothing here
 * runs: the type check of the project reads it.
 */

import { z } from 'zod'
import { contract } from '../../lib/endpoint/contract/contract.ts'
import type { ContractShape } from '../../lib/endpoint/contract/contract.ts'
import type { ContractFunction } from '../../lib/endpoint/contract/contract-function.ts'
import { websocketContract } from '../../lib/endpoint/contract/websocket-contract.ts'
import { JSONResponse } from '../../lib/response/json-response.ts'
import { Application } from '../../routing/application.ts'

const Item = z.object({ name: z.string(), price: z.number() })
const app = new Application()

// ---- with a contract

app.get('/value', { responses: { 200: Item } }, () => ({
  name: 'tea',
  // @ts-expect-error -- a price is a number
  price: 'much',
}))

app.get('/value', contract({ responses: { 200: Item } }), () => ({
  name: 'tea',
  // @ts-expect-error -- a price is a number
  price: 'much',
}))

app.get(
  '/options',
  { responses: { 200: Item } },
  () => ({ name: 'tea', price: 1 }),
  // @ts-expect-error -- it is "name"
  { nmae: 'options' },
)

app.post(
  '/later',
  { body: Item, responses: { 200: Item } },
  // @ts-expect-error -- a price is a number
  async ({ body }) => ({ ...body, price: 'much' }),
)

app.get(
  '/tags',
  {
    // @ts-expect-error -- a list
    tags: 'items',
  },
  () => null,
)

app.get(
  '/query',
  {
    query: {
      // @ts-expect-error -- a schema, not its fields
      page: z.number(),
    },
  },
  () => null,
)

app.get(
  '/responses',
  {
    responses: {
      200: {
        // @ts-expect-error -- it is "schema"
        shcema: Item,
      },
    },
  },
  () => null,
)

app.add(contract('GET', '/value', { responses: { 200: Item } }), () => ({
  name: 'tea',
  // @ts-expect-error -- a price is a number
  price: 'much',
}))

app.add(
  // @ts-expect-error -- it has no method and no path
  contract({ responses: { 200: Item } }),
  () => ({ name: 'tea', price: 1 }),
)

app.add(
  websocketContract('/chat', { send: Item }),
  // @ts-expect-error -- nothing is done with a result
  async () => 5,
)

// ---- without one

app.get(
  '/plain',
  // @ts-expect-error -- a plain value needs a contract
  () => ({ name: 'tea' }),
)

app.get(
  '/plain',
  // @ts-expect-error -- a plain value needs a contract
  (request) => ({ name: request.path }),
  { name: 'plain' },
)

app.get(
  '/plain/{id:int}',
  (request) => new JSONResponse(request.pathParams.id.toFixed()),
  // @ts-expect-error -- it is "name"
  { nmae: 'plain' },
)

app.get(
  '/plain/{id:int}',
  // @ts-expect-error -- it is "id"
  (request) => new JSONResponse(request.pathParams.ident),
  { name: 'plain' },
)

// ---- what is right goes on to compile where the contract is not known

/** Adds a route with what every route has. */
export function added<const Shape extends ContractShape>(
  shape: Shape,
  endpoint: ContractFunction<Shape, object>,
): void {
  app.get('/', shape, endpoint)
}

/** Adds a route of a schema. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- only the types matter here
export function created<Schema extends z.ZodType<{ readonly id: number }>>(schema: Schema): void {
  app.post('/', { body: schema, responses: { 201: schema } }, ({ body }) => body as never)
}
