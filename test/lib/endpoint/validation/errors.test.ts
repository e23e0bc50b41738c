import { type } from 'arktype'
import { test } from 'tap'
import * as v from 'valibot'
import { z } from 'zod'
import { fieldErrors } from '../../../../lib/endpoint/validation/field-error.ts'
import { RequestValidationError, summaryOf } from '../../../../lib/endpoint/validation/request-validation-error.ts'
import { ResponseValidationError } from '../../../../lib/endpoint/validation/response-validation-error.ts'
import type { AnySchema, Issue } from '../../../../lib/endpoint/validation/schema.ts'
import { closeReason, validationProblem } from '../../../../lib/endpoint/validation/validation-problem.ts'

function issuesOf(schema: AnySchema, value: unknown): readonly Issue[] {
  const result = schema['~standard'].validate(value)
  return result instanceof Promise ? [] : (result.issues ?? [])
}

/** What libraries say, without the value that they found. */
const messages: readonly (readonly [schema: AnySchema, message: string, code: string])[] = [
  [z.object({ a: z.number() }), 'Invalid input: expected number, received string', 'invalid_type'],
  [z.object({ a: z.enum(['x', 'y']) }), 'Invalid option: expected one of "x"|"y"', 'invalid_value'],
  [v.object({ a: v.number() }), 'Invalid type: Expected number', 'number'],
  [v.object({ a: v.pipe(v.string(), v.minLength(20)) }), 'Invalid length: Expected >=20', 'min_length'],
  [v.object({ a: v.pipe(v.string(), v.minLength(20, 'Too short')) }), 'Too short', 'min_length'],
  [type({ a: 'number' }), 'a must be a number', 'domain'],
  [type({ a: '"x"' }), 'a must be "x"', 'unit'],
]

for (const [schema, message, code] of messages) {
  test(`fieldErrors: ${schema['~standard'].vendor} says: ${message}`, async (t) => {
    const errors = fieldErrors('body', issuesOf(schema, { a: 'secret' }))
    t.notOk(JSON.stringify(errors).includes('secret'))
    t.match(errors[0], { in: 'body', path: ['a'], code })
    t.ok(errors[0]!.message.startsWith(message), errors[0]!.message)
  })
}

test('fieldErrors: takes paths of keys and of segments', async (t) => {
  const [error] = fieldErrors('query', [{ message: 'm', path: ['a', 0, { key: 'b' }, Symbol('c')] }])
  t.strictSame(error, { in: 'query', path: ['a', 0, 'b', 'Symbol(c)'], message: 'm', code: 'invalid' })
  t.strictSame(fieldErrors('query', [{ message: 'm' }])[0]!.path, [])
})

test('fieldErrors: an answer is no longer than it has to be', async (t) => {
  const issues = Array.from({ length: 500 }, () => ({ message: 'm'.repeat(1000), path: ['p'.repeat(1000)] }))
  const errors = fieldErrors('body', issues)
  t.equal(errors.length, 100)
  t.equal(errors[0]!.message.length, 200)
  t.equal(String(errors[0]!.path[0]).length, 200)
})

test('RequestValidationError: says in a line what is wrong', async (t) => {
  const errors = [
    { in: 'query', path: ['a'], message: 'm', code: 'c' },
    { in: 'body', path: [], message: 'n', code: 'd' },
  ] as const
  const error = new RequestValidationError(errors)
  t.match(error, { name: 'RequestValidationError', code: 'STELLINE_REQUEST_VALIDATION', status: 422, errors })
  t.equal(error.message, 'The request does not fulfil its contract: query.a: m; body: n')
  t.equal(error.cause, undefined)
  t.equal(new RequestValidationError(errors, 400, 'why').cause, 'why')
  t.equal(summaryOf([]), '')
})

test('ResponseValidationError: names the fields', async (t) => {
  const issues = [{ message: 'm', path: ['a', { key: 0 }] }, { message: 'n' }]
  const error = new ResponseValidationError('the answer 200', issues)
  t.equal(error.message, 'Cannot send the answer 200: it does not fulfil the contract: a.0: m; n')
  t.match(error, { name: 'ResponseValidationError', code: 'STELLINE_RESPONSE_VALIDATION', issues })
})

test('validationProblem: is a problem document', async (t) => {
  const { status, headers, body } = validationProblem(new RequestValidationError([], 415))
  t.equal(status, 415)
  t.equal(headers.get('content-type'), 'application/problem+json')
  t.strictSame(JSON.parse(String(body)), {
    type: 'about:blank',
    title: 'Unsupported Media Type',
    status: 415,
    errors: [],
  })
})

test('closeReason: is cut at a whole character', async (t) => {
  t.equal(closeReason('short'), 'short')
  const characters = ['a', 'é', '€', '😀'].map((character) => character.repeat(200))
  // At most three bytes of a character stand before the cut.
  for (const text of characters.flatMap((many) => ['', 'x', 'xy', 'xyz'].map((before) => before + many))) {
    const reason = closeReason(text)
    t.ok(Buffer.byteLength(reason) <= 123)
    t.ok(Buffer.byteLength(reason) > 119)
    t.ok(text.startsWith(reason.slice(0, -1)))
    t.notOk(reason.includes('\ufffd'))
  }
})
