import { githubRoutes } from './github-routes.ts'

/** One request that every peer answers in the same way, measured on its own. */
export interface Case {
  readonly id: string
  readonly title: string
  readonly method: string
  readonly target: string
  readonly body: string | null
  /** What the answer's body must be before anything is measured. */
  readonly answer: string
}

export const text = 'Hello, world!'
export const item: string = '{"name":"cup of green tea","price":3.5,"tags":["hot","new"]}'
export const chunkBytes: number = 64 * 1024
export const chunkCount = 16
/** What slow readers are sent: 100 MB in chunks that are made when they are asked for. */
export const slowChunkBytes: number = 16 * 1024
export const slowChunkCount = 6400

/** The user that case b answers with. */
export function user(id: string): { id: string; name: string } {
  return { id, name: `user ${id}` }
}

/** Whether a parsed body is what case c asks for: the check that one writes by hand. */
export function isItem(value: unknown): value is { name: string; price: number; tags: string[] } {
  const { name, price, tags } = (value ?? {}) as Record<string, unknown>
  return (
    typeof name === 'string' &&
    name.length > 0 &&
    typeof price === 'number' &&
    price > 0 &&
    Array.isArray(tags) &&
    tags.every((tag) => typeof tag === 'string')
  )
}

const get = (id: string, title: string, target: string, answer: string): Case => ({
  id,
  title,
  method: 'GET',
  target,
  body: null,
  answer,
})

export const cases: readonly Case[] = [
  get('a', 'text', '/', text),
  get('b', 'a path parameter, answered as JSON', '/users/42', JSON.stringify(user('42'))),
  { id: 'c', title: 'a JSON body, validated and returned', method: 'POST', target: '/echo', body: item, answer: item },
  get('d', `the last of ${githubRoutes.length} routes`, '/user/subscriptions/stelline/stars', 'stelline/stars'),
  get('e', '1 MiB in 16 chunks', '/stream', 'x'.repeat(chunkBytes * chunkCount)),
  get('f', '10 middlewares', '/', text),
  {
    id: 'g',
    title: 'a JSON body, validated by declaration and returned',
    method: 'POST',
    target: '/echo',
    body: item,
    answer: item,
  },
]
