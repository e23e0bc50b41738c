import { type } from 'arktype'
import { test } from 'tap'
import * as v from 'valibot'
import { z } from 'zod'
import { HTTPException } from '../../../../lib/exceptions/http-exception.ts'
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
  [z.object({ a: z.string().refine(() => false, 'Not this one') }), 'Not this one', 'custom'],
  [z.object({ a: z.string().transform(parsed) }), 'Invalid JSON', 'custom'],
  [v.object({ a: v.number() }), 'Invalid type: Expected number', 'number'],
  [v.object({ a: v.pipe(v.string(), v.minLength(20)) }), 'Invalid length: Expected >=20', 'min_length'],
  [v.object({ a: v.pipe(v.string(), v.minLength(20, 'Too short')) }), 'Too short', 'min_length'],
  [check(v.creditCard()), 'Invalid credit card', 'credit_card'],
  [check(v.email()), 'Invalid email', 'email'],
  [check(v.uuid()), 'Invalid UUID', 'uuid'],
  [check(v.digits()), 'Invalid digits', 'digits'],
  [check(v.isoDate()), 'Invalid date', 'iso_date'],
  [check(v.parseJson()), 'Invalid JSON', 'parse_json'],
  [check(v.check(() => false)), 'Invalid input', 'check'],
  [check(v.check(() => false, 'Not this one')), 'Not this one', 'check'],
  [
    check(
      v.check(
        () => false,
        ({ received }) => `Got ${received}`,
      ),
    ),
    'Invalid value',
    'check',
  ],
  [check(v.minLength(20, ({ received }) => `Got ${received}`)), 'Got 6', 'min_length'],
  [check(v.excludes('ec', ({ input }) => `Got ${input}`)), 'Invalid value: Expected !"ec"', 'excludes'],
  [type({ a: 'number' }), 'a must be a number', 'domain'],
  [type({ a: '"x"' }), 'a must be "x"', 'unit'],
  [type({ b: 'number' }), 'b must be a number (was missing)', 'required'],
  [type({ a: 'string >= 8 & /[0-9]/' }), 'a must be matched by [0-9] and must be at least length 8', 'intersection'],
  [
    type({ a: type('string.integer').or('string.email') }),
    'a must be a well-formed integer string or a must be an email address',
    'union',
  ],
  [type({ a: '"x" | 5' }), 'a must be "x" or a must be 5', 'union'],
  [type({ a: 'string.json.parse' }), 'a must be a JSON string', 'predicate'],
  [type({ a: type('string').pipe.try((text) => JSON.parse(text) as unknown) }), 'a must be valid', 'predicate'],
  [type({ a: type('string').narrow((_, context) => context.mustBe('nice')) }), 'a must be nice', 'predicate'],
  [narrowed({ message: 'Not this one' }), 'Not this one', 'predicate'],
  [narrowed({ message: 'Not secret' }), 'a must be valid', 'predicate'],
  [narrowed({ problem: 'is not nice' }), 'a is not nice', 'predicate'],
  [narrowed({ problem: 'is not secret' }), 'a must be valid', 'predicate'],
  [foreign('No good'), 'No good', 'invalid'],
  [foreign('Expected number, actual "secret"'), 'Invalid value', 'invalid'],
]

/** As many write it: the message is that of the platform. */
function parsed(text: string, context: z.core.$RefinementCtx<string>): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    context.addIssue((error as Error).message)
    return z.NEVER
  }
}

function check(action: v.GenericPipeAction<string, unknown>): AnySchema {
  return v.object({ a: v.pipe(v.string(), action) })
}

function narrowed(rejection: { message: string } | { problem: string }): AnySchema {
  return type({ a: type('string').narrow((_, context) => context.reject(rejection)) })
}

function foreign(message: string): AnySchema {
  return { '~standard': { version: 1, vendor: 'foreign', validate: () => ({ issues: [{ message, path: ['a'] }] }) } }
}

for (const [schema, message, code] of messages) {
  test(`fieldErrors: ${schema['~standard'].vendor} says: ${message}`, async (t) => {
    const value = { a: 'secret' }
    const errors = fieldErrors('body', issuesOf(schema, value), value)
    t.notOk(JSON.stringify(errors).includes('secret'))
    t.match(errors[0], { in: 'body', path: [message.startsWith('b ') ? 'b' : 'a'], code })
    t.ok(errors[0]!.message.startsWith(message), errors[0]!.message)
  })
}

test('fieldErrors: a value that a sentence holds by chance is found in what is printed alone', async (t) => {
  const messageFor = (message: string, a: unknown): string =>
    fieldErrors('body', issuesOf(foreign(message), { a }), { a })[0]!.message
  const kept: readonly (readonly [message: string, value: unknown])[] = [
    ['No good', 'o'],
    ['At most 10', 10],
    ['At most 10000', 1000],
    ['No good', null],
    ['Not Infinity', Infinity],
    ['No good', ''],
    ['No good', { b: ['x', 1, true] }],
    ['No good', { b: 'good' }],
  ]
  for (const [message, value] of kept) t.equal(messageFor(message, value), message)
  const replaced: readonly (readonly [message: string, value: unknown])[] = [
    ['Not "o"', 'o'],
    ["Not 'o'", 'o'],
    ['Not 4711', 4711],
    ['Not -47.11', -47.11],
    ['Not 4711n.', 4711n],
    ['Not {"b":["deep",1]}', { b: ['deep', 1] }],
    ["Not Set(1) { 'deep' }", new Set(['deep'])],
    ['Not {"b":"a\\"c"}', { b: 'a"c' }],
    ['Not "a\\"bc"', 'a"bc'],
  ]
  for (const [message, value] of replaced) t.equal(messageFor(message, value), 'Invalid value', message)
})

test('fieldErrors: a value is looked for where the path leads, and no further than an answer is worth', async (t) => {
  const at = (path: (string | { key: string })[], value: unknown): string =>
    fieldErrors('body', [{ message: 'Not secret', path }], value)[0]!.message
  t.equal(at([{ key: 'a' }, 'b'], { a: { b: 'secret' } }), 'Invalid value')
  t.equal(at(['a', 'missing'], { a: { b: 'secret' } }), 'Not secret')
  t.equal(at(['a', 'toString'], { a: { b: 'secret' } }), 'Not secret')
  t.equal(at(['a'], { a: 1, b: 'secret' }), 'Not secret')
  t.equal(at(['a'], null), 'Not secret')
  t.equal(at([], [...Array<null>(1000).fill(null), 'secret']), 'Not secret')
})

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

test('ResponseValidationError: is no longer than a log can bear, and holds no value', async (t) => {
  const rows = Array.from({ length: 50_000 }, () => ({ id: 'x' }))
  const { message } = new ResponseValidationError('it', issuesOf(z.array(z.object({ id: z.number() })), rows))
  t.ok(message.length < 10_000)
  t.ok(message.endsWith('; and 49900 more'))
  const issues = issuesOf(type({ email: 'string.email' }), { email: 'secret' })
  t.match(new ResponseValidationError('it', issues).message, /: email: email must be an email address$/)
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

test('validationProblem: the fields of a cause are those of its own status', async (t) => {
  const errors = [{ in: 'body', path: [], message: 'Required', code: 'required' }] as const
  const headers = { 'accept-encoding': 'identity', 'www-authenticate': 'Bearer' }
  const of = (status: 415 | 422, cause: HTTPException): string | null =>
    validationProblem(new RequestValidationError(errors, status, cause)).headers.get('accept-encoding')

  t.equal(of(415, new HTTPException(415, { headers })), 'identity')
  t.equal(of(422, new HTTPException(401, { headers })), null)
  t.equal(of(415, new HTTPException(415)), null)
})
